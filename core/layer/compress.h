// SPDX-License-Identifier: Apache-2.0
// The same bytes in, the same gzip member out: no time and no name in its header.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::layer {

Result<std::string> gzip(std::string_view bytes);

// Piece by piece, for what does not fit into memory; packed bytes go to `out` as they come.
class Gzip {
public:
    explicit Gzip(std::function<Status(std::string_view)> out);
    ~Gzip();
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;
    Status write(std::string_view bytes);
    Status finish();

private:
    struct Stream;
    Status run(std::string_view bytes, int flush);
    std::function<Status(std::string_view)> out_;
    std::unique_ptr<Stream> stream_;
};

}  // namespace cutaway::layer
