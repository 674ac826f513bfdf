// SPDX-License-Identifier: Apache-2.0
// HostKernel: performs calls on this machine as the calling process. What it was asked inside a container's root is
// resolved by descriptor beneath that root, so that a link in an image leads nowhere else. It refuses, with one
// sentence, what no kernel call is (downloads, unpacking) and what is not built yet.
// One thread at a time. A Clone is made only where a Cloner was given: nothing forks from a threaded engine; a name
// server's sockets are opened only for an Answerer.
#pragma once

#include "core/host/fd.h"
#include "core/host/ledger.h"
#include "core/world/cancel.h"
#include "core/world/kernel.h"
#include "core/world/observation.h"

namespace cutaway::host {

class Cloner {
public:
    virtual ~Cloner() = default;
    virtual Result<std::int64_t> clone(Ledger& ledger, const world::Clone& call) = 0;
};

// A name server's, opened inside a container's network namespace.
struct NameSockets {
    Fd datagrams;
    Fd connections;
};

class Answerer {
public:
    virtual ~Answerer() = default;
    virtual void answer_at(NameSockets sockets) = 0;  // from now on, instead of earlier ones
};

// Who wants to know what a signal came to. That can be told only before it is sent, and is true only once it was.
class SignalWitness {
public:
    virtual ~SignalWitness() = default;
    virtual world::SignalSeen foresee(std::int64_t pid, int number) = 0;
    virtual void sent(world::SignalSeen seen) = 0;
};

// Starts a program beside a container; one that it started before ends first.
class Companions {
public:
    virtual ~Companions() = default;
    virtual Result<std::int64_t> start(Ledger& ledger, const world::StartCompanion& call) = 0;
};

// The process that acts: what its calls need to remember from one to the next.
struct Acting {
    const world::Cancel* cancel = nullptr;
    Cloner* cloner = nullptr;
    Answerer* answerer = nullptr;
    SignalWitness* witness = nullptr;
    Companions* companions = nullptr;
    Ledger ledger;
    Fd root;                // the container's root once it is mounted
    std::string root_path;  // where that is; empty after pivot_root: everything lies beneath it
    Fd terminal;            // where the outer end of a terminal is handed out
    Fd container;           // whose namespaces setns joins, where its number means nothing any more
};

class HostKernel final : public world::Kernel {
public:
    explicit HostKernel(const world::Cancel* cancel = nullptr, Cloner* cloner = nullptr, Answerer* answerer = nullptr,
                        SignalWitness* witness = nullptr);
    void will_join(Fd container) { acting_.container = std::move(container); }
    void will_start(Companions* companions) { acting_.companions = companions; }
    void will_show(Fd terminal) { acting_.terminal = std::move(terminal); }
    Result<world::Reply> perform(const world::Call& call) override;

private:
    Acting acting_;
};

}  // namespace cutaway::host
