// SPDX-License-Identifier: Apache-2.0
#include "core/plan/plan.h"

#include <algorithm>

#include "core/base/binary.h"

namespace cutaway::plan {

world::Call with_pid(const world::Call& call, std::int64_t pid) {
    world::Call filled = call;
    const auto put = [pid](std::int64_t& field) {
        if (field == init_pid) {
            field = pid;
        }
    };
    std::visit(Overloaded{[&](world::SetNamespace& c) { put(c.pid); }, [&](world::SendSignal& c) { put(c.pid); },
                          [&](world::AwaitExit& c) { put(c.pid); }, [&](world::MoveLink& c) { put(c.pid); },
                          [&](world::OpenResolver& c) { put(c.pid); }, [&](world::SetUpLink& c) { put(c.pid); },
                          [&](world::MapIds& c) { put(c.pid); },
                          [&](world::StartCompanion& c) {
                              for (std::string& word : c.argv) {
                                  if (const std::size_t at = word.find("$PID"); at != std::string::npos) {
                                      word.replace(at, 4, std::to_string(pid));
                                  }
                              }
                          },
                          [&](world::WriteCgroup& c) {
                              if (c.value == "$PID") {
                                  c.value = std::to_string(pid);
                              }
                          },
                          [&](world::RunHook& c) {
                              if (const std::size_t at = c.state.find("$PID"); at != std::string::npos) {
                                  c.state.replace(at, 4, std::to_string(pid));
                              }
                          },
                          [](auto&) {}},
               filled);
    return filled;
}

std::vector<world::Call> undo_of(const Plan& plan, std::uint32_t upto) {
    std::vector<world::Call> undo;
    for (std::size_t i = std::min<std::size_t>(upto, plan.calls.size()); i > 0; --i) {
        const std::vector<world::Call>& one = plan.calls[i - 1].undo;
        undo.insert(undo.end(), one.begin(), one.end());
    }
    return undo;
}

std::string encode(const Plan& plan) { return binary::encode(plan); }

Result<Plan> decode(std::string_view bytes) {
    Plan plan;
    if (!binary::decode(bytes, plan)) {
        return fail(Errc::invalid, "read the plan: cut or made by another version");
    }
    return plan;
}

}  // namespace cutaway::plan
