// SPDX-License-Identifier: Apache-2.0
// TracedTransport: an HTTP exchange as one call whose body is a stream. It ends when the body ends, fails or is
// dropped; progress is told, and the gate asked, each 64 KiB. JSON bodies up to 64 KiB become the reply's text, others
// are counted. It changes no byte and follows no redirect.
#pragma once

#include <memory>

#include "core/trace/frame.h"
#include "core/world/transport.h"

namespace cutaway::trace {

class TracedTransport final : public world::Transport {
public:
    TracedTransport(world::Transport& inner, Frame& frame) : inner_(inner), frame_(frame) {}
    Result<world::HttpResponse> send(const world::HttpRequest& request, world::Source* upload) override;

private:
    world::Transport& inner_;
    Frame& frame_;
};

}  // namespace cutaway::trace
