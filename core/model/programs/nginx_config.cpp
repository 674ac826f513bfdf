// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/nginx_config.h"

#include <algorithm>
#include <array>

#include "core/model/programs/pattern.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

struct Directive {
    Words words;
    std::vector<Directive> block;
    bool has_block = false;
    std::string where;  // "FILE:LINE"
};

struct Reader {
    Sys& sys;
    std::string file;
    std::string text;
    std::string& error;
    std::size_t at = 0;
    int line = 1;
    int depth = 0;

    [[nodiscard]] std::string where() const { return file + ":" + std::to_string(line); }
    bool fail(const std::string& why) {
        error = error.empty() ? "[emerg] " + why + " in " + where() : error;
        return false;
    }

    void blank() {
        while (at < text.size()) {
            if (text[at] == '#') {
                at = std::min(text.find('\n', at), text.size());
            } else if (std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) {
                line += text[at] == '\n' ? 1 : 0;
                ++at;
            } else {
                return;
            }
        }
    }

    std::string word() {
        std::string made;
        if (text[at] == '"' || text[at] == '\'') {
            const char quote = text[at++];
            for (; at < text.size() && text[at] != quote; ++at) {
                at += text[at] == '\\' && at + 1 < text.size() && text[at + 1] == quote ? 1 : 0;
                line += text[at] == '\n' ? 1 : 0;
                made += text[at];
            }
            at = std::min(at + 1, text.size());
            return made;
        }
        while (at < text.size() && std::string_view(" \t\r\n;{}").find(text[at]) == std::string_view::npos) {
            made += text[at++];
        }
        return made;
    }

    bool block(std::vector<Directive>& into, bool top) {
        if (++depth > 20) {
            return fail("too many nested blocks");
        }
        for (;;) {
            blank();
            if (at >= text.size()) {
                --depth;
                return top || fail("unexpected end of file, expecting \"}\"");
            }
            if (text[at] == '}') {
                ++at;
                --depth;
                return !top || fail("unexpected \"}\"");
            }
            if (!directive(into)) {
                return false;
            }
        }
    }

    bool directive(std::vector<Directive>& into) {
        Directive made;
        made.where = where();
        for (blank(); at < text.size() && text[at] != ';' && text[at] != '{' && text[at] != '}'; blank()) {
            made.words.push_back(word());
        }
        if (at >= text.size() || text[at] == '}') {
            return fail(at >= text.size() ? "unexpected end of file, expecting \";\" or \"}\"" : "unexpected \"}\"");
        }
        if (made.words.empty()) {
            return fail(std::string("unexpected \"") + text[at] + "\"");
        }
        made.has_block = text[at++] == '{';
        if (made.has_block && !block(made.block, false)) {
            return false;
        }
        if (made.words[0] == "include" && made.words.size() == 2) {
            return include(made.words[1], into);
        }
        into.push_back(std::move(made));
        return true;
    }

    bool include(const std::string& name, std::vector<Directive>& into) {
        const std::string pattern = name.starts_with("/") ? name : join_path("/etc/nginx", name);
        if (pattern.ends_with("mime.types")) {
            return true;  // the types are built in
        }
        Words files{pattern};
        if (has_glob(pattern)) {
            files.clear();
            const auto entries = sys.list(dir_name(pattern));
            for (const world::DirEntry& entry : entries ? *entries : std::vector<world::DirEntry>{}) {
                if (glob_match(base_name(pattern), entry.name)) {
                    files.push_back(join_path(dir_name(pattern), entry.name));
                }
            }
            std::sort(files.begin(), files.end());
        }
        for (const std::string& path : files) {
            const auto inner = read_file(sys, path);
            if (!inner) {
                return fail("open() \"" + path + "\" failed (2: No such file or directory)");
            }
            Reader reader{sys, path, *inner, error, 0, 1, depth};
            if (!reader.block(into, true)) {
                return false;
            }
        }
        return true;
    }
};

// Directives whose absence no client of a file server sees.
bool is_harmless(const std::string& name) {
    static constexpr std::array<std::string_view, 30> names{"worker_connections",
                                                            "sendfile",
                                                            "tcp_nopush",
                                                            "tcp_nodelay",
                                                            "keepalive_timeout",
                                                            "gzip",
                                                            "pid",
                                                            "types",
                                                            "events",
                                                            "charset",
                                                            "server_tokens",
                                                            "multi_accept",
                                                            "use",
                                                            "gzip_types",
                                                            "client_max_body_size",
                                                            "log_not_found",
                                                            "gzip_vary",
                                                            "types_hash_max_size",
                                                            "gzip_min_length",
                                                            "worker_rlimit_nofile",
                                                            "keepalive_requests",
                                                            "etag",
                                                            "expires",
                                                            "resolver",
                                                            "port_in_redirect",
                                                            "absolute_redirect",
                                                            "client_body_timeout",
                                                            "send_timeout",
                                                            "gzip_static",
                                                            "server_names_hash_bucket_size"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

struct Builder {
    NginxConfig& config;
    std::string& error;

    bool fail(const std::string& why, const Directive& directive) {
        error = "[emerg] " + why + " in " + directive.where;
        return false;
    }
    bool refuse(const Directive& directive) {
        error = "directive " + directive.words[0] + " in " + directive.where + ": not modelled";
        return false;
    }

    void access_log(const Words& words, NginxPlace& place, bool top) {
        if (words.size() > 1 && words[1] == "off") {
            place.quiet = true;
        } else if (words.size() > 1 && top) {
            config.access_log = words[1];
        }
    }

    // What may stand in http, server and location alike.
    bool common(const Directive& directive, NginxPlace& place, bool top) {
        const Words& words = directive.words;
        const std::string& name = words[0];
        const std::size_t count = words.size();
        if (name == "root" && count == 2) {
            place.root = words[1];
        } else if (name == "alias" && count == 2) {
            place.alias = words[1];
        } else if (name == "index" && count > 1) {
            place.index.assign(words.begin() + 1, words.end());
        } else if (name == "try_files" && count > 2) {
            place.try_files.assign(words.begin() + 1, words.end());
        } else if (name == "error_page" && count > 2) {
            for (std::size_t i = 1; i + 1 < count; ++i) {
                place.error_pages[static_cast<int>(to_number(words[i]).value_or(0))] = words.back();
            }
        } else if (name == "access_log") {
            access_log(words, place, top);
        } else if (name == "add_header" && count > 2) {
            place.headers.emplace_back(words[1], words[2]);
        } else if (name == "return" && count > 1) {
            place.answer = static_cast<int>(to_number(words[1]).value_or(302));
            place.answer_text = count > 2 ? words[2] : "";
        } else if (name == "deny" && count == 2 && words[1] == "all") {
            place.denied = true;
        } else if (name == "allow" && count == 2 && words[1] == "all") {
            place.denied = false;
        } else if (name == "autoindex" && count == 2) {
            place.listing = words[1] == "on";
        } else if (name == "default_type" && count == 2) {
            config.default_type = words[1];
        } else if (!is_harmless(name)) {
            return refuse(directive);
        }
        return true;
    }

    bool listen(const Directive& directive, NginxServer& server) {
        NginxListen listen;
        std::string where = directive.words.size() > 1 ? directive.words[1] : "80";
        if (where.starts_with("[")) {
            error = "[emerg] socket() " + where + " failed (97: Address family not supported by protocol)";
            return false;
        }
        const std::size_t colon = where.rfind(':');
        if (colon != std::string::npos) {
            listen.address = where.substr(0, colon) == "*" ? "0.0.0.0" : where.substr(0, colon);
            where = where.substr(colon + 1);
        }
        const auto port = to_number(where);
        if (!port || *port < 1 || *port > 65535) {
            return fail("invalid port in \"" + directive.words[1] + "\" of the \"listen\" directive", directive);
        }
        listen.port = static_cast<std::uint16_t>(*port);
        for (std::size_t i = 2; i < directive.words.size(); ++i) {
            if (directive.words[i] == "ssl" || directive.words[i] == "http2") {
                return refuse(directive);
            }
            listen.standard = listen.standard || directive.words[i] == "default_server";
        }
        server.listens.push_back(listen);
        return true;
    }

    bool location(const Directive& directive, NginxServer& server) {
        const Words& words = directive.words;
        NginxPlace place = server.place;
        place.error_pages.clear();
        const bool modified = words.size() == 3;
        if (words.size() < 2 || words.size() > 3 || (modified && words[1] != "=" && words[1] != "^~")) {
            return refuse(directive);
        }
        place.exact = modified && words[1] == "=";
        place.prefix = words.back();
        for (const Directive& inner : directive.block) {
            if (!common(inner, place, false)) {
                return false;
            }
        }
        server.locations.push_back(std::move(place));
        return true;
    }

    bool server(const Directive& directive) {
        NginxServer made;
        made.place = config.http;
        for (const Directive& inner : directive.block) {
            const std::string& name = inner.words[0];
            if (name == "listen") {
                if (!listen(inner, made)) {
                    return false;
                }
            } else if (name == "server_name") {
                made.names.assign(inner.words.begin() + 1, inner.words.end());
            } else if (name != "location" && !common(inner, made.place, false)) {
                return false;
            }
        }
        for (const Directive& inner : directive.block) {  // locations inherit what stands anywhere in the server
            if (inner.words[0] == "location" && !location(inner, made)) {
                return false;
            }
        }
        if (made.listens.empty()) {
            made.listens.emplace_back();
        }
        config.servers.push_back(std::move(made));
        return true;
    }

    bool http(const Directive& directive) {
        for (const Directive& inner : directive.block) {
            const std::string& name = inner.words[0];
            if (name == "log_format" && inner.words.size() > 2) {
                config.format.clear();
                for (std::size_t i = 2; i < inner.words.size(); ++i) {
                    config.format += inner.words[i];
                }
            } else if (name != "server" && !common(inner, config.http, true)) {
                return false;
            }
        }
        for (const Directive& inner : directive.block) {
            if (inner.words[0] == "server" && !server(inner)) {
                return false;
            }
        }
        return true;
    }

    bool top(const Directive& directive, std::uint32_t cpus) {
        const Words& words = directive.words;
        const std::string& name = words[0];
        if (name == "http" && directive.has_block) {
            return http(directive);
        }
        if (name == "daemon" && words.size() == 2) {
            config.daemon = words[1] != "off";
        } else if (name == "user" && words.size() > 1) {
            config.user = words[1];
        } else if (name == "worker_processes" && words.size() == 2) {
            const auto count = words[1] == "auto" ? std::optional<std::int64_t>(cpus) : to_number(words[1]);
            if (!count || *count < 1 || *count > 64) {
                return fail("invalid value \"" + words[1] + "\" of the \"worker_processes\" directive", directive);
            }
            config.workers = static_cast<int>(*count);
        } else if (name == "error_log" && words.size() > 1) {
            config.error_log = words[1];
            config.notices = words.size() > 2 && (words[2] == "notice" || words[2] == "info" || words[2] == "debug");
        } else if (!is_harmless(name) && name != "master_process") {
            return refuse(directive);
        }
        return true;
    }
};

}  // namespace

bool read_nginx_config(Sys& sys, const std::string& path, const std::string& globals, NginxConfig& config,
                       std::string& error) {
    const auto text = read_file(sys, path);
    if (!text) {
        error = "[emerg] open() \"" + path + "\" failed (2: No such file or directory)";
        return false;
    }
    std::vector<Directive> directives;
    Reader command_line{sys, "command line", globals, error, 0, 1, 0};
    Reader reader{sys, path, *text, error, 0, 1, 0};
    config.http.index = {"index.html"};
    config.http.root = "/etc/nginx/html";
    if (!command_line.block(directives, true) || !reader.block(directives, true)) {
        return false;
    }
    Builder builder{config, error};
    for (const Directive& directive : directives) {
        if (!builder.top(directive, sys.machine().cpus)) {
            return false;
        }
    }
    return true;
}

}  // namespace cutaway::model::programs
