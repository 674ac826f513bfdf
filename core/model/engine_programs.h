// SPDX-License-Identifier: Apache-2.0
// The engine's own two programs inside the machine: core/runtime's shim and init, pumped by the scheduler, their state
// machines saved as values. Everything else comes from `programs`.
#pragma once

#include "core/model/runtime_sys.h"

namespace cutaway::model {

class EnginePrograms final : public Programs {
public:
    explicit EnginePrograms(const Programs& others) : others_(others) {}
    std::unique_ptr<Program> make(std::string_view name) const override;
    std::unique_ptr<Program> load(std::string_view name, std::string_view saved) const override;

private:
    const Programs& others_;
};

}  // namespace cutaway::model
