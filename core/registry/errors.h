// SPDX-License-Identifier: Apache-2.0
// What a registry refuses, as docker's users have read it before: distribution spec, "Error Codes", in the wording of
// docker 28.2 (distribution/errors.go of moby, registry/client/errors.go of distribution).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/oci/reference.h"
#include "core/registry/challenge.h"

namespace cutaway::registry {

struct Complaint {
    std::string code;  // "MANIFEST_UNKNOWN"
    std::string message;
    friend bool operator==(const Complaint&, const Complaint&) = default;
};

struct Refusal {
    int status = 0;
    std::vector<Complaint> complaints;
    std::string body;  // where no complaint could be read
};

Refusal read_refusal(int status, const std::vector<Challenge>& challenges, std::string_view body);

std::string sentence(const Complaint& complaint);                         // "manifest unknown: manifest unknown"
Error to_error(const Refusal& refusal, const oci::Reference& reference);  // of a pull
Error to_push_error(const Refusal& refusal);                              // the registry's own words

}  // namespace cutaway::registry
