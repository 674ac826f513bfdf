// SPDX-License-Identifier: Apache-2.0
// curl and wget: one HTTP/1.1 GET or HEAD over a plain stream, with the exit statuses that scripts test.
#include <cerrno>

#include "core/model/programs/commands.h"
#include "core/model/programs/options.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

struct Url {
    std::string host;
    std::uint16_t port = 80;
    std::string path = "/";
    std::string scheme = "http";
    bool good = false;
};

Url read_url(std::string text) {
    Url url;
    const std::size_t scheme = text.find("://");
    if (scheme != std::string::npos) {
        url.scheme = text.substr(0, scheme);
        text.erase(0, scheme + 3);
    }
    const std::size_t slash = text.find_first_of("/?");
    if (slash != std::string::npos) {
        url.path = text.substr(slash);
        url.path = url.path[0] == '?' ? "/" + url.path : url.path;
        text.resize(slash);
    }
    const std::size_t colon = text.rfind(':');
    const auto port = colon == std::string::npos ? std::optional<std::int64_t>(url.scheme == "https" ? 443 : 80)
                                                 : to_number(text.substr(colon + 1));
    url.host = text.substr(0, colon);
    url.good = !url.host.empty() && port && *port > 0 && *port < 65536;
    url.port = static_cast<std::uint16_t>(port.value_or(0));
    return url;
}

struct ClientState {
    bool begun = false;
    bool ended = false;
    int code = 0;
    int fd = -1;
    int redirects = 0;
    std::string url;
    std::string request;
    std::string got;
    std::int64_t began_ns = 0;
    std::string address;
    Output output;
};
CUTAWAY_FIELDS(ClientState, begun, ended, code, fd, redirects, url, request, got, began_ns, address, output)

struct Reply {
    bool complete = false;
    bool has_head = false;
    int status = 0;
    std::string head;
    std::string body;
    std::string location;
};

std::string of_header(std::string_view head, std::string_view name) {
    for (const std::string& line : split(head, '\n')) {
        const std::size_t colon = line.find(':');
        if (colon != std::string::npos && lower(line.substr(0, colon)) == name) {
            return std::string(trim(line.substr(colon + 1)));
        }
    }
    return {};
}

Reply read_reply(const std::string& got, bool bare, bool closed) {
    Reply reply;
    const std::size_t end = got.find("\r\n\r\n");
    if (end == std::string::npos) {
        return reply;
    }
    reply.has_head = true;
    reply.head = got.substr(0, end + 4);
    const auto words = split_blank(reply.head.substr(0, reply.head.find('\n')));
    reply.status = words.size() > 1 ? static_cast<int>(to_number(words[1]).value_or(0)) : 0;
    reply.location = of_header(reply.head, "location");
    const auto length = to_number(of_header(reply.head, "content-length"));
    const std::size_t wanted = length ? static_cast<std::size_t>(*length) : std::string::npos;
    reply.body = got.substr(end + 4, wanted);
    const bool none = bare || reply.status == 204 || reply.status == 304;
    reply.complete = none || closed || reply.body.size() == wanted;
    return reply;
}

using Finish = void (*)(Sys&, ClientState&, const Options&, const Reply&);

struct Client {
    Options (*options)(const Words&);
    std::string (*agent)();
    bool (*bare)(const Options&);
    Finish finish;
    void (*no_name)(ClientState&, const Options&, const Url&);
    void (*no_connection)(Sys&, ClientState&, const Options&, const Url&, const Error&);
    void (*no_reply)(ClientState&, const Options&);
    bool (*follows)(const Options&);
    std::int64_t (*limit_ns)(const Options&);  // 0: waits for ever
    void (*too_late)(Sys&, ClientState&, const Options&);
};

Step drain(Sys& sys, ClientState& state) {
    switch (flush(sys, state.output)) {
        case Flush::blocked: return wait_to_flush(state.output);
        case Flush::broken: return Step::exited(state.code == 0 ? 23 : state.code);
        case Flush::done: break;
    }
    return Step::exited(state.code);
}

bool open_connection(Sys& sys, ClientState& state, const Client& client, const Options& options,
                     const std::string& extra) {
    const Url url = read_url(state.url);
    if (url.scheme != "http") {
        state.output.err(std::string(base_name(sys.argv()[0])) + ": protocol " + url.scheme + ": not modelled\n");
        state.code = 127;
        return false;
    }
    Result<std::string> address =
        url.good ? sys.resolve(url.host) : Result<std::string>(fail(Errc::not_found, "no host"));
    if (!address) {
        client.no_name(state, options, url);
        return false;
    }
    state.address = *address;
    state.began_ns = sys.now_ns();
    Result<int> fd = sys.connect(*address, url.port);
    if (!fd) {
        client.no_connection(sys, state, options, url, fd.error());
        return false;
    }
    state.fd = *fd;
    const std::string host = url.port == 80 ? url.host : url.host + ":" + std::to_string(url.port);
    state.request = (client.bare(options) ? "HEAD " : "GET ") + url.path + " HTTP/1.1\r\nHost: " + host +
                    "\r\nUser-Agent: " + client.agent() + "\r\nAccept: */*\r\n" + extra + "\r\n";
    state.output.to(state.fd, state.request);
    return true;
}

// Waits for more of the answer; at the limit it is over.
Step wait_for_more(Sys& sys, ClientState& state, const Client& client, const Options& options) {
    const std::int64_t limit = client.limit_ns(options);
    if (limit <= 0 || sys.now_ns() < state.began_ns + limit) {
        Step step = Step::wait_readable(state.fd);
        step.until_ns = limit <= 0 ? -1 : state.began_ns + limit;
        return step;
    }
    client.too_late(sys, state, options);
    state.ended = true;
    return Step::again();
}

Step run_client(Sys& sys, ClientState& state, const Client& client, const std::string& extra) {
    const Options options = client.options(sys.argv());
    if (state.fd < 0 && !state.ended && !open_connection(sys, state, client, options, extra)) {
        state.ended = true;
    }
    if (state.ended) {
        return drain(sys, state);
    }
    const Flush flushed = flush(sys, state.output);
    if (flushed == Flush::blocked) {
        return wait_to_flush(state.output);
    }
    Result<std::string> got = sys.read(state.fd, 65536);
    if (!got && is_again(got.error())) {
        return wait_for_more(sys, state, client, options);
    }
    const bool closed = !got || got->empty();
    state.got += closed ? "" : *got;
    const Reply reply = read_reply(state.got, client.bare(options), closed);
    if (!reply.complete) {
        if (closed) {
            client.no_reply(state, options);
            state.ended = true;
        }
        return Step::again();
    }
    (void)sys.close(state.fd);
    state.fd = -1;
    const bool moved = reply.status >= 301 && reply.status <= 308 && reply.status != 304 && !reply.location.empty();
    if (moved && client.follows(options) && state.redirects++ < 20) {
        const Url before = read_url(state.url);
        state.url = reply.location.starts_with("/")
                        ? "http://" + before.host + ":" + std::to_string(before.port) + reply.location
                        : reply.location;
        state.got.clear();
        return Step::again();
    }
    client.finish(sys, state, options, reply);
    state.ended = true;
    return Step::again();
}

// --- curl ---

Options curl_options(const Words& argv) {
    return parse_options(argv, "sSo:Ivfgw:LkiH:m:X:A:O#4\x01:",
                         {{"--silent", 's'},
                          {"--show-error", 'S'},
                          {"--output", 'o'},
                          {"--head", 'I'},
                          {"--verbose", 'v'},
                          {"--fail", 'f'},
                          {"--write-out", 'w'},
                          {"--location", 'L'},
                          {"--include", 'i'},
                          {"--header", 'H'},
                          {"--max-time", 'm'},
                          {"--connect-timeout", '\x01'},  // a connection is made or refused at once
                          {"--request", 'X'},
                          {"--user-agent", 'A'}});
}

void curl_error(ClientState& state, const Options& options, int code, const std::string& text) {
    state.code = code;
    if (!options.has('s') || options.has('S')) {
        state.output.err("curl: (" + std::to_string(code) + ") " + text + "\n");
    }
}

void curl_no_name(ClientState& state, const Options& options, const Url& url) {
    if (!url.good) {
        curl_error(state, options, 3, "URL rejected: Malformed input to a URL function");
        return;
    }
    curl_error(state, options, 6, "Could not resolve host: " + url.host);
}

void curl_no_connection(Sys& sys, ClientState& state, const Options& options, const Url& url, const Error& error) {
    const std::string after = std::to_string((sys.now_ns() - state.began_ns) / 1'000'000);
    const bool late = errno_of(error) == ETIMEDOUT;
    const bool refused = errno_of(error) == ECONNREFUSED;
    curl_error(state, options, late ? 28 : 7,
               "Failed to connect to " + url.host + " port " + std::to_string(url.port) + " after " + after +
                   " ms: " + (refused || late ? "Couldn't connect to server" : errno_text(error)));
}

void curl_no_reply(ClientState& state, const Options& options) {
    curl_error(state, options, 52, "Empty reply from server");
}

void curl_too_late(Sys& sys, ClientState& state, const Options& options) {
    curl_error(state, options, 28,
               "Operation timed out after " + std::to_string((sys.now_ns() - state.began_ns) / 1'000'000) +
                   " milliseconds with " + std::to_string(state.got.size()) + " bytes received");
}

std::string written(const std::string& format, const Reply& reply) {
    std::string made = replace_all(format, "%{http_code}", std::to_string(reply.status));
    made = replace_all(made, "%{response_code}", std::to_string(reply.status));
    made = replace_all(made, "%{size_download}", std::to_string(reply.body.size()));
    made = replace_all(made, "\\n", "\n");
    return replace_all(made, "\\t", "\t");
}

std::string marked(const std::string& text, const std::string& mark) {
    std::string made;
    for (const std::string& line : split_lines(replace_all(text, "\r", ""))) {
        made += mark + " " + line + "\n";
    }
    return made;
}

void curl_finish(Sys& sys, ClientState& state, const Options& options, const Reply& reply) {
    if (options.has('v')) {
        const Url url = read_url(state.url);
        state.output.err("*   Trying " + state.address + ":" + std::to_string(url.port) + "...\n* Connected to " +
                         url.host + " (" + state.address + ") port " + std::to_string(url.port) + "\n" +
                         marked(state.request, ">") + marked(reply.head, "<"));
    }
    if (options.has('f') && reply.status >= 400) {
        curl_error(state, options, 22, "The requested URL returned error: " + std::to_string(reply.status));
    } else {
        const std::string shown =
            (options.has('I') || options.has('i') ? reply.head : "") + (options.has('I') ? "" : reply.body);
        const std::string file =
            options.has('O') ? std::string(base_name(read_url(state.url).path)) : options.value('o', "-");
        if (file == "-") {
            state.output.out(shown);
        } else if (!write_file(sys, file, shown)) {
            curl_error(state, options, 23, "Failure writing output to destination");
        }
    }
    state.output.out(written(options.value('w'), reply));
}

constexpr Client curl_client{curl_options,
                             [] { return std::string("curl/8.7.1"); },
                             [](const Options& options) { return options.has('I'); },
                             curl_finish,
                             curl_no_name,
                             curl_no_connection,
                             curl_no_reply,
                             [](const Options& options) { return options.has('L'); },
                             [](const Options& options) { return to_duration(options.value('m')).value_or(0); },
                             curl_too_late};

Step step_curl(Sys& sys, ClientState& state) {
    const Options options = curl_options(sys.argv());
    if (!state.begun) {
        state.begun = true;
        const std::string method = options.value('X', "GET");
        if (!options.unknown.empty() || (method != "GET" && method != "HEAD") || options.rest.size() > 1) {
            state.output.err("curl: " + (!options.unknown.empty() ? options.unknown : "this request") +
                             ": not modelled\n");
            state.code = 127;
            state.ended = true;
        } else if (options.rest.empty()) {
            state.output.err("curl: try 'curl --help' for more information\n");
            state.code = 2;
            state.ended = true;
        } else {
            state.url = options.rest[0];
        }
    }
    return run_client(sys, state, curl_client, options.has('H') ? options.value('H') + "\r\n" : "");
}

// --- wget ---

Options wget_options(const Words& argv) {
    return parse_options(argv, "qO:ST:t:P:s",
                         {{"--quiet", 'q'},
                          {"--output-document", 'O'},
                          {"--server-response", 'S'},
                          {"--spider", 's'},
                          {"--timeout", 'T'},
                          {"--tries", 't'}});
}

void wget_no_name(ClientState& state, const Options&, const Url& url) {
    state.code = 1;
    state.output.err("wget: bad address '" + url.host + "'\n");
}

void wget_no_connection(Sys&, ClientState& state, const Options&, const Url&, const Error& error) {
    state.code = 1;
    state.output.err("wget: can't connect to remote host (" + state.address + "): " + errno_text(error) + "\n");
}

void wget_no_reply(ClientState& state, const Options&) {
    state.code = 1;
    state.output.err("wget: error getting response\n");
}

void wget_finish(Sys& sys, ClientState& state, const Options& options, const Reply& reply) {
    const Url url = read_url(state.url);
    if (!options.has('q')) {
        state.output.err("Connecting to " + url.host + ":" + std::to_string(url.port) + " (" + state.address + ":" +
                         std::to_string(url.port) + ")\n");
    }
    if (options.has('S')) {
        state.output.err(marked(reply.head, " "));
    }
    if (reply.status >= 400) {
        state.code = 1;
        state.output.err("wget: server returned error: " + reply.head.substr(0, reply.head.find('\r')) + "\n");
        return;
    }
    if (options.has('s')) {
        state.output.err(options.has('q') ? "" : "remote file exists\n");
        return;
    }
    const std::string named(base_name(url.path.substr(0, url.path.find('?'))));
    const std::string file = options.value('O', named.empty() || named == "/" ? "index.html" : named);
    if (file == "-") {
        state.output.out(reply.body);
    } else if (!write_file(sys, file, reply.body)) {
        state.code = 1;
        state.output.err("wget: can't open '" + file + "'\n");
    } else if (!options.has('q')) {
        state.output.err("saving to '" + file + "'\n'" + file + "' saved\n");
    }
}

constexpr Client wget_client{wget_options,
                             [] { return std::string("Wget"); },
                             [](const Options& options) { return options.has('s'); },
                             wget_finish,
                             wget_no_name,
                             wget_no_connection,
                             wget_no_reply,
                             [](const Options&) { return true; },
                             [](const Options& options) { return to_duration(options.value('T')).value_or(0); },
                             [](Sys&, ClientState& state, const Options&) {
                                 state.code = 1;
                                 state.output.err("wget: download timed out\n");
                             }};

Step step_wget(Sys& sys, ClientState& state) {
    if (!state.begun) {
        state.begun = true;
        const Options options = wget_options(sys.argv());
        if (!options.unknown.empty() || options.rest.size() != 1 || options.has('P')) {
            state.output.err("wget: " + (!options.unknown.empty() ? options.unknown : "these arguments") +
                             ": not modelled\n");
            state.code = 127;
            state.ended = true;
        } else {
            state.url = options.rest[0];
        }
    }
    return run_client(sys, state, wget_client, "Connection: close\r\n");
}

}  // namespace

Entries network_tools() {
    return {{"curl", [] { return Made(std::make_unique<StatefulProgram<ClientState>>("curl", step_curl)); }},
            {"wget", [] { return Made(std::make_unique<StatefulProgram<ClientState>>("wget", step_wget)); }}};
}

}  // namespace cutaway::model::programs
