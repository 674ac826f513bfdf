// SPDX-License-Identifier: Apache-2.0
// Transport: one HTTP exchange at a time, bodies streamed. It follows no redirect and adds no header: policy is
// `registry`'s. A body that stops early is an error, never a short success.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/world/call.h"
#include "core/world/disk.h"

namespace cutaway::world {

struct HttpResponse {
    int status = 0;
    std::vector<Pair> headers;     // names in lower case
    std::unique_ptr<Source> body;  // never null
};

class Transport {
public:
    virtual ~Transport() = default;
    // `upload` streams a request body when `request.body` is empty; null: none.
    virtual Result<HttpResponse> send(const HttpRequest& request, Source* upload) = 0;
};

inline std::string_view header(const std::vector<Pair>& headers, std::string_view name) {
    for (const Pair& pair : headers) {
        if (pair.name == name) {
            return pair.value;
        }
    }
    return {};
}

}  // namespace cutaway::world
