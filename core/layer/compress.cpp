// SPDX-License-Identifier: Apache-2.0
#include "core/layer/compress.h"

#include <algorithm>
#include <vector>

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

struct Gzip::Stream {
    z_stream z{};
    bool good = false;
    std::vector<char> buffer = std::vector<char>(64U * 1024U);
};

Gzip::Gzip(std::function<Status(std::string_view)> out) : out_(std::move(out)), stream_(std::make_unique<Stream>()) {
    stream_->good =
        deflateInit2(&stream_->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
}

Gzip::~Gzip() { deflateEnd(&stream_->z); }

Status Gzip::run(std::string_view bytes, int flush) {
    z_stream& z = stream_->z;
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib's interface predates const
    z.avail_in = static_cast<uInt>(bytes.size());
    int status = Z_OK;
    do {
        z.next_out = reinterpret_cast<Bytef*>(stream_->buffer.data());
        z.avail_out = static_cast<uInt>(stream_->buffer.size());
        status = stream_->good ? deflate(&z, flush) : Z_STREAM_ERROR;
        if (status == Z_STREAM_ERROR) {
            return fail(Errc::internal, "zlib cannot pack");
        }
        TRY(out_(std::string_view(stream_->buffer.data(), stream_->buffer.size() - z.avail_out)));
    } while (z.avail_out == 0 || (flush == Z_FINISH && status != Z_STREAM_END));
    return {};
}

Status Gzip::write(std::string_view bytes) {
    constexpr std::size_t piece = std::size_t{1} << 20U;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        TRY(run(bytes.substr(0, piece), Z_NO_FLUSH));
    }
    return {};
}

Status Gzip::finish() { return run({}, Z_FINISH); }

}  // namespace cutaway::layer
