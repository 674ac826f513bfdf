// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/nginx_answer.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

using world::FileType;

std::string_view reason(int status) {
    switch (status) {
        case 200: return "OK";
        case 204: return "No Content";
        case 301: return "Moved Permanently";
        case 302: return "Moved Temporarily";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Not Allowed";
        case 500: return "Internal Server Error";
        case 502: return "Bad Gateway";
        case 503: return "Service Temporarily Unavailable";
        default: return "";
    }
}

std::string media_type(std::string_view path, const NginxConfig& config) {
    struct Known {
        std::string_view suffix;
        std::string_view type;
    };
    static constexpr std::array<Known, 13> known{{{".html", "text/html"},
                                                  {".htm", "text/html"},
                                                  {".css", "text/css"},
                                                  {".js", "application/javascript"},
                                                  {".json", "application/json"},
                                                  {".txt", "text/plain"},
                                                  {".xml", "text/xml"},
                                                  {".png", "image/png"},
                                                  {".jpg", "image/jpeg"},
                                                  {".gif", "image/gif"},
                                                  {".svg", "image/svg+xml"},
                                                  {".ico", "image/x-icon"},
                                                  {".pdf", "application/pdf"}}};
    for (const Known& one : known) {
        if (path.ends_with(one.suffix)) {
            return std::string(one.type);
        }
    }
    return config.default_type;
}

std::string to_hex(std::uint64_t value) {
    std::string text;
    do {
        text.insert(text.begin(), "0123456789abcdef"[value % 16]);
        value /= 16;
    } while (value != 0);
    return text;
}

// "%2F" and "..": false if it leaves the root or is malformed.
bool clean_path(std::string_view target, std::string& path) {
    std::string plain;
    for (std::size_t i = 0; i < target.size() && target[i] != '?'; ++i) {
        if (target[i] != '%') {
            plain += target[i];
            continue;
        }
        unsigned value = 0;
        for (int digit = 0; digit < 2; ++digit) {
            const std::size_t at = ++i < target.size()
                                       ? std::string_view("0123456789abcdef").find(lower(target.substr(i, 1)))
                                       : std::string_view::npos;
            if (at == std::string_view::npos) {
                return false;
            }
            value = value * 16 + static_cast<unsigned>(at);
        }
        plain += static_cast<char>(value);
    }
    Words kept;
    for (const std::string& part : split(plain, '/')) {
        if (part == ".." && kept.empty()) {
            return false;
        }
        if (part == "..") {
            kept.pop_back();
        } else if (!part.empty() && part != ".") {
            kept.push_back(part);
        }
    }
    path.clear();
    for (const std::string& part : kept) {
        path += "/" + part;
    }
    path += path.empty() || plain.ends_with("/") ? "/" : "";
    return plain.starts_with("/") && plain.find('\0') == std::string::npos;
}

struct Body {
    int status = 200;
    std::string text;
    std::string type = "text/html";
    Words headers;
    std::string failure;  // for the error log
    std::string location;
};

struct Answering {
    Sys& sys;
    const NginxConfig& config;
    const NginxRequest& request;
    const NginxServer& server;
    int redirects = 0;

    [[nodiscard]] std::string own_page(int status) const {
        const std::string title = std::to_string(status) + " " + std::string(reason(status));
        return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
               "</h1></center>\r\n<hr><center>nginx/" + nginx_version(sys) + "</center>\r\n</body>\r\n</html>\r\n";
    }

    [[nodiscard]] const NginxPlace& place(const std::string& path) const {
        const NginxPlace* best = &server.place;
        for (const NginxPlace& one : server.locations) {
            if (one.exact && one.prefix == path) {
                return one;
            }
            if (!one.exact && path.starts_with(one.prefix) &&
                (best == &server.place || one.prefix.size() > best->prefix.size())) {
                best = &one;
            }
        }
        return *best;
    }

    Body fail_with(int status, const NginxPlace& where, const std::string& failure) {
        Body body;
        const auto page = where.error_pages.find(status);
        const auto server_page = server.place.error_pages.find(status);
        const std::string target = page != where.error_pages.end()                 ? page->second
                                   : server_page != server.place.error_pages.end() ? server_page->second
                                                                                   : "";
        if (target.starts_with("/") && redirects++ < 10) {
            body = serve(target);
        }
        if (body.text.empty() || body.status != 200) {
            body.text = own_page(status);
            body.type = "text/html";
            body.headers.clear();
        }
        body.status = status;
        body.failure = failure;
        return body;
    }

    Body file(const std::string& disk, const world::FileInfo& info, const NginxPlace& where) {
        Result<int> fd = sys.open(disk, OpenFlags{}, 0);
        if (!fd) {
            const int number = errno_of(fd.error());
            return fail_with(
                number == EACCES ? 403 : (number == ENOENT ? 404 : 500), where,
                "open() \"" + disk + "\" failed (" + std::to_string(number) + ": " + errno_text(fd.error()) + ")");
        }
        (void)sys.close(*fd);
        Body body;
        body.text = read_file(sys, disk).value_or("");
        body.type = media_type(disk, config);
        const std::string mark = "\"" + to_hex(static_cast<std::uint64_t>(info.mtime_ns / 1'000'000'000)) + "-" +
                                 to_hex(body.text.size()) + "\"";
        body.headers = {"Last-Modified: " + format_date("%a, %d %b %Y %H:%M:%S GMT", info.mtime_ns), "ETag: " + mark,
                        "Accept-Ranges: bytes"};
        const auto known = request.headers.find("if-none-match");
        if (known != request.headers.end() && known->second == mark) {
            body.status = 304;
            body.text.clear();
        }
        return body;
    }

    Body directory(const std::string& disk, const std::string& path, const NginxPlace& where) {
        for (const std::string& index : where.index) {
            if (sys.stat(join_path(disk, index), true) && redirects++ < 10) {
                return serve(path + index);
            }
        }
        if (!where.listing) {
            return fail_with(403, where, "directory index of \"" + disk + "\" is forbidden");
        }
        Body body;
        body.text = "<html>\r\n<head><title>Index of " + path + "</title></head>\r\n<body>\r\n<h1>Index of " + path +
                    "</h1><hr><pre><a href=\"../\">../</a>\r\n";
        const auto entries = sys.list(disk);
        for (const world::DirEntry& entry : entries ? *entries : std::vector<world::DirEntry>{}) {
            const std::string name = entry.name + (entry.type == FileType::directory ? "/" : "");
            body.text += "<a href=\"" + name + "\">" + name + "</a>\r\n";
        }
        body.text += "</pre><hr></body>\r\n</html>\r\n";
        return body;
    }

    [[nodiscard]] static std::string on_disk(const NginxPlace& where, const std::string& path) {
        return where.alias.empty() ? where.root + path
                                   : where.alias + path.substr(std::min(where.prefix.size(), path.size()));
    }

    Body returned(const NginxPlace& where) {
        Body body;
        body.status = where.answer;
        const bool moves = where.answer >= 301 && where.answer <= 308 && where.answer != 304;
        body.location = moves ? replace_all(where.answer_text, "$request_uri", request.target) : "";
        body.text = moves || (where.answer_text.empty() && where.answer != 204 && where.answer != 200)
                        ? own_page(where.answer)
                        : where.answer_text;
        body.type = where.answer_text.empty() || moves ? "text/html" : config.default_type;
        return body;
    }

    Body tried(const NginxPlace& where, const std::string& path) {
        for (std::size_t i = 0; i < where.try_files.size(); ++i) {
            const std::string name = replace_all(where.try_files[i], "$uri", path);
            if (i + 1 == where.try_files.size()) {
                if (name.starts_with("=")) {
                    return fail_with(static_cast<int>(to_number(name.substr(1)).value_or(404)), where, "");
                }
                return redirects++ < 10 ? serve(name) : fail_with(500, where, "rewrite or internal redirection cycle");
            }
            const auto info = sys.stat(on_disk(where, name), true);
            if (info && (info->type == FileType::directory) == name.ends_with("/")) {
                return found(where, name);
            }
        }
        return fail_with(404, where, "");
    }

    Body found(const NginxPlace& where, const std::string& path) {
        const std::string disk = on_disk(where, path);
        const auto info = sys.stat(disk, true);
        if (!info) {
            const int number = errno_of(info.error());
            const int status = number == ENOENT || number == ENOTDIR ? 404 : 403;
            return fail_with(
                status, where,
                "open() \"" + disk + "\" failed (" + std::to_string(number) + ": " + errno_text(info.error()) + ")");
        }
        if (info->type != FileType::directory) {
            return path.ends_with("/") ? fail_with(404, where, "\"" + disk + "\" is not a directory")
                                       : file(disk, *info, where);
        }
        if (path.ends_with("/")) {
            return directory(disk, path, where);
        }
        Body body;
        body.status = 301;
        body.text = own_page(301);
        const auto host = request.headers.find("host");
        body.location = "http://" + (host == request.headers.end() ? "localhost" : host->second) + path + "/";
        return body;
    }

    Body serve(const std::string& path) {
        const NginxPlace& where = place(path);
        if (where.denied) {
            return fail_with(403, where, "access forbidden by rule");
        }
        if (where.answer != 0) {
            return returned(where);
        }
        if (request.method != "GET" && request.method != "HEAD") {
            return fail_with(405, where, "");
        }
        return where.try_files.empty() ? found(where, path) : tried(where, path);
    }
};

const NginxServer& choose_server(const NginxConfig& config, const NginxRequest& request) {
    const NginxServer* first = nullptr;
    const auto given = request.headers.find("host");
    const std::string host = given == request.headers.end() ? "" : given->second.substr(0, given->second.find(':'));
    for (const NginxServer& server : config.servers) {
        for (const NginxListen& listen : server.listens) {
            if (listen.port != request.port) {
                continue;
            }
            if (std::find(server.names.begin(), server.names.end(), host) != server.names.end()) {
                return server;
            }
            first = first == nullptr || listen.standard ? &server : first;
        }
    }
    return first == nullptr ? config.servers.front() : *first;
}

std::string log_line(const NginxConfig& config, const NginxRequest& request, int status, std::size_t sent,
                     std::int64_t wall_ns) {
    const auto of_header = [&](const std::string& name) {
        const auto found = request.headers.find(name);
        return found == request.headers.end() || found->second.empty() ? std::string("-") : found->second;
    };
    std::string line;
    for (std::size_t i = 0; i < config.format.size();) {
        if (config.format[i] != '$') {
            line += config.format[i++];
            continue;
        }
        std::size_t end = i + 1;
        while (end < config.format.size() &&
               (config.format[end] == '_' || (config.format[end] >= 'a' && config.format[end] <= 'z'))) {
            ++end;
        }
        const std::string name = config.format.substr(i + 1, end - i - 1);
        i = end;
        if (name == "remote_addr") {
            line += request.peer;
        } else if (name == "time_local") {
            line += format_date("%d/%b/%Y:%H:%M:%S +0000", wall_ns);
        } else if (name == "request") {
            line += request.line;
        } else if (name == "request_method" || name == "request_uri" || name == "uri") {
            line += name == "request_method" ? request.method : request.target;
        } else if (name == "status") {
            line += std::to_string(status);
        } else if (name == "body_bytes_sent") {
            line += std::to_string(sent);
        } else if (name == "host") {
            line += of_header("host");
        } else {
            line += name.starts_with("http_") ? of_header(replace_all(name.substr(5), "_", "-")) : "-";
        }
    }
    return line + "\n";
}

}  // namespace

std::string nginx_version(Sys& sys) {
    const std::string version = environment(sys, "NGINX_VERSION");
    return version.empty() ? "1.27.0" : version;
}

NginxRequest read_nginx_request(std::string_view head) {
    NginxRequest request;
    const Words lines = split(head, '\n');
    request.line = std::string(trim(lines[0]));
    const Words words = split_blank(request.line);
    request.method = words.empty() ? "" : words[0];
    request.target = words.size() > 1 ? words[1] : "";
    request.version = words.size() > 2 ? words[2] : "";
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const std::size_t colon = lines[i].find(':');
        if (colon != std::string::npos) {
            request.headers[lower(trim(lines[i].substr(0, colon)))] = std::string(trim(lines[i].substr(colon + 1)));
        }
    }
    return request;
}

NginxAnswer answer_request(Sys& sys, const NginxConfig& config, const NginxRequest& request) {
    const NginxServer& server = choose_server(config, request);
    Answering answering{sys, config, request, server, 0};
    std::string path;
    const bool malformed = !request.version.starts_with("HTTP/1.") || !clean_path(request.target, path) ||
                           (request.version == "HTTP/1.1" && !request.headers.contains("host"));
    Body body = malformed ? answering.fail_with(400, server.place, "") : answering.serve(path);
    const NginxPlace& where = answering.place(path);
    NginxAnswer answer;
    const auto connection = request.headers.find("connection");
    answer.close = malformed || request.version == "HTTP/1.0" ||
                   (connection != request.headers.end() && lower(connection->second) == "close");
    std::string head = "HTTP/1.1 " + std::to_string(body.status) + " " + std::string(reason(body.status)) +
                       "\r\nServer: nginx/" + nginx_version(sys) +
                       "\r\nDate: " + format_date("%a, %d %b %Y %H:%M:%S GMT", sys.wall_ns()) + "\r\n";
    if (body.status != 304 && body.status != 204) {
        head += "Content-Type: " + body.type + "\r\nContent-Length: " + std::to_string(body.text.size()) + "\r\n";
    }
    head += body.location.empty() ? "" : "Location: " + body.location + "\r\n";
    head += body.headers.empty() ? "" : body.headers[0] + "\r\n";
    head += answer.close ? "Connection: close\r\n" : "Connection: keep-alive\r\n";
    for (std::size_t i = 1; i < body.headers.size(); ++i) {
        head += body.headers[i] + "\r\n";
    }
    for (const auto& [name, value] : where.headers) {
        head += body.status < 400 ? name + ": " + value + "\r\n" : "";
    }
    const bool bare = request.method == "HEAD";
    answer.bytes = head + "\r\n" + (bare ? "" : body.text);
    answer.access =
        where.quiet ? "" : log_line(config, request, body.status, bare ? 0 : body.text.size(), sys.wall_ns());
    if (!body.failure.empty()) {
        const auto host = request.headers.find("host");
        answer.error = body.failure + ", client: " + request.peer +
                       ", server: " + (server.names.empty() ? "" : server.names[0]) + ", request: \"" + request.line +
                       "\"" + (host == request.headers.end() ? "" : ", host: \"" + host->second + "\"");
    }
    return answer;
}

}  // namespace cutaway::model::programs
