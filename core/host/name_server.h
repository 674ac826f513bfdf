// SPDX-License-Identifier: Apache-2.0
// NameServer: answers what a container asks at 127.0.0.11: names of the networks that it is plugged into from the files
// below the run root, looked at for every question; the rest it hands to this machine's own servers and back. For
// cutaway-init alone; nothing here waits. What a stranger can make it keep is bounded: then it says "server failure".
#pragma once

#include <netinet/in.h>
#include <poll.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/dns/message.h"
#include "core/dns/names.h"
#include "core/host/kernel.h"

namespace cutaway::host {

// The servers of a resolv.conf(5), at most three, as the C library takes them.
std::vector<sockaddr_storage> servers_in(std::string_view resolv_conf);

class NameServer {
public:
    // `folder` is RUN_ROOT/containers/ID. Sockets that it had before are closed.
    void open(NameSockets sockets, const std::string& folder);
    void add_to(std::vector<pollfd>& all) const;
    [[nodiscard]] int patience_ms() const;  // until somebody has waited long enough; -1: nobody waits
    void serve();

private:
    struct Asker {
        std::uint64_t caller = 0;  // of those who connected; 0: by datagram, from
        sockaddr_in from{};
    };
    struct Caller {
        std::uint64_t number = 0;
        Fd socket;
        std::string in;
        std::string out;
        std::int64_t until_ms = 0;
        bool ended = false;  // says no more, but may listen
        bool gone = false;
    };
    struct Waiting {  // for a server of the machine's
        Asker asker;
        dns::Query query;  // under the number that the server was given
        std::uint16_t asked_as = 0;
        std::string out;  // what is still to be sent
        std::string in;
        std::string bytes;
        std::size_t server = 0;
        Fd socket;
        std::int64_t until_ms = 0;
        bool done = false;
    };

    void take_datagrams();
    void take_callers();
    void serve(Caller& caller);
    void serve(Waiting& waiting);
    void drop_finished();
    void handle(const std::string& bytes, const Asker& asker);
    [[nodiscard]] std::optional<std::string> known_here(const dns::Query& query) const;
    [[nodiscard]] std::vector<dns::Names> networks() const;
    void hand_on(const std::string& bytes, const dns::Query& query, const Asker& asker);
    void ask_next(Waiting& waiting);
    bool ask(Waiting& waiting, const sockaddr_storage& server);
    bool take_answer(Waiting& waiting, const std::string& answer);
    void reply(const Asker& asker, const std::string& bytes);

    NameSockets sockets_;
    std::string run_root_;
    std::string container_;
    std::vector<Caller> callers_;
    std::vector<Waiting> waiting_;
    std::uint64_t next_caller_ = 1;
};

}  // namespace cutaway::host
