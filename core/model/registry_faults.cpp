// SPDX-License-Identifier: Apache-2.0
// What goes wrong on demand: which request a fault is for, and what it makes of the answer.
#include <algorithm>

#include "core/model/registry_server.h"

namespace cutaway::model {

namespace {

Outgoing refusal(const RegistryFault& fault) {
    Outgoing out;
    out.status = fault.status;
    if (!fault.code.empty()) {
        out.headers.push_back({"content-type", "application/json; charset=utf-8"});
        out.own = error_body(fault.code, fault.message);
    }
    if (!fault.retry_after.empty()) {
        out.headers.push_back({"retry-after", fault.retry_after});
    }
    return out;
}

void strike(const RegistryFault& fault, Outgoing& out) {
    if (fault.what == FaultKind::status) {
        out = refusal(fault);
    } else if (fault.what == FaultKind::reset) {
        out.lost_at = fault.offset;
    } else if (fault.what == FaultKind::corrupt || fault.what == FaultKind::truncate) {
        out.own = std::string(out.lasting.value_or(out.own));
        out.lasting.reset();
        if (fault.what == FaultKind::truncate) {
            out.own.resize(std::min<std::uint64_t>(out.own.size(), fault.offset));
        } else if (!out.own.empty()) {
            char& byte = out.own[static_cast<std::size_t>(fault.offset % out.own.size())];
            byte = static_cast<char>(byte ^ 1);
        }
    }
}

// Of a redirect no byte matters: what is to go wrong with the bytes waits for the answer that brings them.
bool is_of_bytes(FaultKind what) {
    return what == FaultKind::corrupt || what == FaultKind::truncate || what == FaultKind::reset;
}

}  // namespace

RegistryFault* RegistryServer::striking(const world::HttpRequest& request) {
    for (RegistryFault& fault : state_.faults) {
        const bool here = (fault.method.empty() || fault.method == request.method) &&
                          request.url.find(fault.where) != std::string::npos;
        if (here) {
            return &fault;
        }
    }
    return nullptr;
}

Result<world::HttpResponse> RegistryServer::serve(const world::HttpRequest& request, world::Source* upload) {
    took_ns_ = 0;
    const HttpTarget target = read_target(request.url);
    Visit visit{request, upload, target, nullptr, {}, {}, {}, {}};
    RegistryFault* fault = striking(request);
    const bool instead = fault != nullptr && fault->skip == 0 && !is_of_bytes(fault->what) &&
                         fault->what != FaultKind::slow;  // the registry never gets to its work
    Outgoing out = instead ? Outgoing() : respond(visit);
    if (fault == nullptr || (is_of_bytes(fault->what) && out.status >= 300 && out.status < 400)) {
        return to_response(std::move(out), request.method == "HEAD");
    }
    if (fault->skip > 0) {
        --fault->skip;
        return to_response(std::move(out), request.method == "HEAD");
    }
    const RegistryFault now = *fault;
    if (fault->times > 0 && --fault->times == 0) {
        state_.faults.erase(state_.faults.begin() + (fault - state_.faults.data()));
    }
    if (now.what == FaultKind::refuse) {
        return fail(Errc::network, "dial tcp: connect to " + target.authority + ": connection refused");
    }
    if (now.what == FaultKind::timeout) {
        return fail(Errc::timeout, "no answer from " + target.authority + " in time");
    }
    took_ns_ = now.what == FaultKind::slow ? now.delay_ns : 0;
    strike(now, out);
    return to_response(std::move(out), request.method == "HEAD");
}

}  // namespace cutaway::model
