// SPDX-License-Identifier: Apache-2.0
#include "core/host/name_server.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "core/host/syscall.h"

namespace cutaway::host {

namespace {

constexpr std::size_t most_waiting = 64;
constexpr std::size_t most_callers = 16;
constexpr std::size_t longest_question = 4096;
constexpr std::size_t longest_answer = 65535;
constexpr std::size_t most_servers = 3;
constexpr std::size_t largest_file = std::size_t{1} << 20U;
constexpr int datagrams_at_once = 64;  // then the container's output has its turn
constexpr std::int64_t server_ms = 2000;
constexpr std::int64_t caller_ms = 10000;
constexpr std::uint16_t name_port = 53;

std::int64_t now_ms() {
    timespec now{};
    static_cast<void>(::clock_gettime(CLOCK_MONOTONIC, &now));
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

// By a connection a message's size goes before it, in two bytes.
std::string framed(const std::string& message) {
    return std::string{static_cast<char>(message.size() >> 8U), static_cast<char>(message.size() & 0xFFU)} + message;
}

std::optional<std::string> unframed(std::string& bytes) {
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    const std::size_t size = static_cast<unsigned>(static_cast<unsigned char>(bytes[0])) << 8U |
                             static_cast<unsigned>(static_cast<unsigned char>(bytes[1]));
    if (bytes.size() < 2 + size) {
        return std::nullopt;
    }
    std::string message = bytes.substr(2, size);
    bytes.erase(0, 2 + size);
    return message;
}

enum class Took { some, nothing, end };

Took take(int socket, std::string& into) {
    std::array<char, 8192> piece;
    const ssize_t got = ::recv(socket, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got > 0) {
        into.append(piece.data(), static_cast<std::size_t>(got));
        return Took::some;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN) ? Took::nothing : Took::end;
}

// False: the other side is not there.
bool give(int socket, std::string& from) {
    while (!from.empty()) {
        const ssize_t put = ::send(socket, from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0) {
            return errno == EAGAIN || errno == EINTR || errno == ENOTCONN || errno == EINPROGRESS;
        }
        from.erase(0, static_cast<std::size_t>(put));
    }
    return true;
}

bool parse_server(const std::string& text, sockaddr_storage& server) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(name_port);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(name_port);
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
        std::memcpy(&server, &four, sizeof four);
        return true;
    }
    if (::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1) {
        std::memcpy(&server, &six, sizeof six);
        return true;
    }
    return false;
}

std::vector<sockaddr_storage> servers() { return servers_in(read_file("/etc/resolv.conf", largest_file).value_or("")); }

}  // namespace

std::vector<sockaddr_storage> servers_in(std::string_view text) {
    constexpr std::string_view word = "nameserver";
    std::vector<sockaddr_storage> found;
    while (!text.empty() && found.size() < most_servers) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.substr(0, word.size()) != word) {
            continue;
        }
        line.remove_prefix(word.size());
        const std::size_t from = std::min(line.find_first_not_of(" \t"), line.size());
        const std::size_t to = std::min(line.find_first_of(" \t\r", from), line.size());
        sockaddr_storage server{};
        if (from > 0 && parse_server(std::string(line.substr(from, to - from)), server)) {
            found.push_back(server);
        }
    }
    return found;
}

void NameServer::open(NameSockets sockets, const std::string& folder) {
    sockets_ = std::move(sockets);
    container_ = name_of(folder);
    run_root_ = parent_of(parent_of(folder));
    callers_.clear();
    waiting_.clear();
}

void NameServer::add_to(std::vector<pollfd>& all) const {
    if (!sockets_.datagrams.open()) {
        return;
    }
    all.push_back({sockets_.datagrams.get(), POLLIN, 0});
    all.push_back({callers_.size() < most_callers ? sockets_.connections.get() : -1, POLLIN, 0});
    for (const Caller& caller : callers_) {
        const bool silent = caller.ended && caller.out.empty();
        all.push_back(
            {silent ? -1 : caller.socket.get(), static_cast<short>(caller.out.empty() ? POLLIN : POLLIN | POLLOUT), 0});
    }
    for (const Waiting& waiting : waiting_) {
        all.push_back({waiting.socket.get(), static_cast<short>(waiting.out.empty() ? POLLIN : POLLIN | POLLOUT), 0});
    }
}

int NameServer::patience_ms() const {
    std::int64_t soonest = -1;
    const auto consider = [&](std::int64_t until) { soonest = soonest < 0 ? until : std::min(soonest, until); };
    for (const Caller& caller : callers_) {
        consider(caller.until_ms);
    }
    for (const Waiting& waiting : waiting_) {
        consider(waiting.until_ms);
    }
    return soonest < 0 ? -1 : static_cast<int>(std::max<std::int64_t>(soonest - now_ms(), 0) + 1);
}

void NameServer::serve() {
    if (!sockets_.datagrams.open()) {
        return;
    }
    take_datagrams();
    take_callers();
    for (std::size_t i = 0; i < callers_.size(); ++i) {
        serve(callers_[i]);
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        serve(waiting_[i]);
    }
    for (Caller& caller : callers_) {  // what a server answered just now
        caller.gone = caller.gone || !give(caller.socket.get(), caller.out);
    }
    drop_finished();
}

void NameServer::take_datagrams() {
    std::array<char, longest_question> bytes;
    for (int i = 0; i < datagrams_at_once; ++i) {
        Asker asker;
        socklen_t size = sizeof asker.from;
        const ssize_t got = ::recvfrom(sockets_.datagrams.get(), bytes.data(), bytes.size(), MSG_DONTWAIT,
                                       reinterpret_cast<sockaddr*>(&asker.from), &size);
        if (got < 0) {
            return;
        }
        handle(std::string(bytes.data(), static_cast<std::size_t>(got)), asker);
    }
}

void NameServer::take_callers() {
    while (callers_.size() < most_callers) {
        Fd socket(::accept4(sockets_.connections.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket.open()) {
            return;
        }
        Caller caller;
        caller.number = next_caller_++;
        caller.socket = std::move(socket);
        caller.until_ms = now_ms() + caller_ms;
        callers_.push_back(std::move(caller));
    }
}

void NameServer::serve(Caller& caller) {
    caller.ended = caller.ended || take(caller.socket.get(), caller.in) == Took::end;
    const Asker asker{caller.number, {}};
    while (const std::optional<std::string> question = unframed(caller.in)) {
        handle(*question, asker);
    }
    const bool waits = std::any_of(waiting_.begin(), waiting_.end(),
                                   [&](const Waiting& one) { return one.asker.caller == caller.number; });
    const bool too_much = caller.in.size() > longest_question || caller.out.size() > 2 * longest_answer;
    caller.gone = caller.gone || too_much || (caller.ended && !waits && caller.out.empty());
}

void NameServer::handle(const std::string& bytes, const Asker& asker) {
    Result<dns::Query> query = dns::parse_query(bytes);
    if (!query) {
        reply(asker, dns::complaint(bytes, dns::Code::format_error));
        return;
    }
    if (asker.caller != 0) {
        query->room = longest_answer;
    }
    if (const std::optional<std::string> answer = known_here(*query)) {
        reply(asker, *answer);
    } else {
        hand_on(bytes, *query, asker);
    }
}

std::vector<dns::Names> NameServer::networks() const {
    std::vector<dns::Names> all;
    const std::string folder = run_root_ + "/networks";
    const std::unique_ptr<DIR, int (*)(DIR*)> files(::opendir(folder.c_str()), ::closedir);
    const dns::Lives lives = [&](const std::string& id) {  // a shim's last act is to write how its container ended
        return ::access((run_root_ + "/containers/" + id + "/exit.json").c_str(), F_OK) != 0;
    };
    while (const dirent* entry = files ? ::readdir(files.get()) : nullptr) {
        const std::string_view name(entry->d_name);
        if (name.size() > 6 && name.substr(name.size() - 6) == ".names") {
            const std::string text = read_file(folder + "/" + std::string(name), largest_file).value_or("");
            all.push_back(dns::parse_names(text, lives));
        }
    }
    return all;
}

std::optional<std::string> NameServer::known_here(const dns::Query& query) const {
    if (query.klass != dns::class_in) {
        return std::nullopt;
    }
    const std::vector<dns::Names> all = networks();
    if (query.type == dns::type_ptr) {
        const std::optional<std::uint32_t> address = dns::reversed_address(query.name);
        const auto name = address ? dns::name_of(all, container_, *address) : std::nullopt;
        return name ? std::optional<std::string>(dns::answer_name(query, *name)) : std::nullopt;
    }
    const std::vector<std::uint32_t> addresses = dns::addresses_of(all, container_, query.name);
    if (addresses.empty()) {
        return std::nullopt;
    }
    // Known, but nothing of that kind: then nobody else is asked, who would say that there is no such name at all.
    return query.type == dns::type_a ? dns::answer_addresses(query, addresses)
                                     : dns::answer_nothing(query, dns::Code::fine);
}

// --- the machine's own servers ----------------------------------------------------------------------------------------

void NameServer::hand_on(const std::string& bytes, const dns::Query& query, const Asker& asker) {
    if (waiting_.size() >= most_waiting) {
        reply(asker, dns::answer_nothing(query, dns::Code::server_failure));
        return;
    }
    Waiting waiting;
    waiting.asker = asker;
    waiting.query = query;
    waiting.bytes = bytes;
    ask_next(waiting);
    if (!waiting.done) {
        waiting_.push_back(std::move(waiting));
    }
}

void NameServer::ask_next(Waiting& waiting) {
    const std::vector<sockaddr_storage> all = servers();
    while (waiting.server < all.size()) {
        if (ask(waiting, all[waiting.server++])) {
            return;
        }
    }
    waiting.done = true;
    reply(waiting.asker, dns::answer_nothing(waiting.query, dns::Code::server_failure));
}

// From a port and under a number of its own each time: whoever wants to answer in the server's place must guess both.
bool NameServer::ask(Waiting& waiting, const sockaddr_storage& server) {
    const bool connected = waiting.asker.caller != 0;
    const int type = (connected ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
    waiting.socket = Fd(::socket(server.ss_family, type, 0));
    const socklen_t size = server.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (::connect(waiting.socket.get(), reinterpret_cast<const sockaddr*>(&server), size) < 0 && errno != EINPROGRESS) {
        return false;
    }
    static_cast<void>(::getrandom(&waiting.asked_as, sizeof waiting.asked_as, 0));
    const std::string bytes = dns::with_id(waiting.bytes, waiting.asked_as);
    waiting.out = connected ? framed(bytes) : bytes;
    waiting.in.clear();
    waiting.until_ms = now_ms() + server_ms;
    return give(waiting.socket.get(), waiting.out);
}

void NameServer::serve(Waiting& waiting) {
    if (waiting.done) {
        return;
    }
    const bool connected = waiting.asker.caller != 0;
    bool there = give(waiting.socket.get(), waiting.out);
    for (bool more = there; more && !waiting.done;) {
        const Took took = take(waiting.socket.get(), waiting.in);
        there = took != Took::end;
        more = took == Took::some && waiting.in.size() <= longest_answer + 2;
        if (!connected && took == Took::some) {
            take_answer(waiting, std::exchange(waiting.in, {}));
        } else if (const std::optional<std::string> answer = unframed(waiting.in)) {
            take_answer(waiting, *answer);
        }
    }
    if (!waiting.done && (!there || now_ms() >= waiting.until_ms)) {
        ask_next(waiting);
    }
}

bool NameServer::take_answer(Waiting& waiting, const std::string& answer) {
    dns::Query expected = waiting.query;
    expected.id = waiting.asked_as;
    if (!dns::answers(answer, expected)) {
        return false;  // somebody else's, or a guess
    }
    waiting.done = true;
    reply(waiting.asker, dns::with_id(answer, waiting.query.id));
    return true;
}

void NameServer::reply(const Asker& asker, const std::string& bytes) {
    if (bytes.empty()) {
        return;
    }
    if (asker.caller == 0) {  // a full socket loses it, as the way may lose any datagram
        static_cast<void>(::sendto(sockets_.datagrams.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                                   reinterpret_cast<const sockaddr*>(&asker.from), sizeof asker.from));
        return;
    }
    for (Caller& caller : callers_) {
        if (caller.number == asker.caller && bytes.size() <= longest_answer) {
            caller.out += framed(bytes);
        }
    }
}

void NameServer::drop_finished() {
    const std::int64_t now = now_ms();
    std::erase_if(waiting_, [](const Waiting& one) { return one.done; });
    std::erase_if(callers_, [&](const Caller& one) { return one.gone || now >= one.until_ms; });
}

}  // namespace cutaway::host
