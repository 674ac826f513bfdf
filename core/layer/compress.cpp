// SPDX-License-Identifier: Apache-2.0
#include "core/layer/compress.h"

#include <zlib.h>

namespace cutaway::layer {

Result<std::string> gzip(std::string_view bytes) {
    z_stream stream{};
    if (bytes.size() > (std::size_t{1} << 31U)) {
        return fail(Errc::unsupported, "more than 2 GiB are not compressed in one piece");
    }
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return fail(Errc::internal, "zlib cannot be set up");
    }
    std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib's interface predates const
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END) {
        return fail(Errc::internal, "zlib did not finish");
    }
    return out;
}

}  // namespace cutaway::layer
