// SPDX-License-Identifier: Apache-2.0
#include "core/layer/decompress.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <zstd.h>

namespace cutaway::layer {

namespace {

constexpr std::size_t piece_bytes = 64U * 1024U;
constexpr int zstd_window_log = 27;

// What was read and not yet used.
class Buffered {
public:
    explicit Buffered(world::Source& source) : source_(source), bytes_(piece_bytes) {}

    // At least `count` bytes, unless the source ends before.
    Result<std::string_view> at_least(std::size_t count) {
        while (end_ - begin_ < count && !ended_) {
            if (begin_ > 0) {
                std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
                end_ -= begin_;
                begin_ = 0;
            }
            const std::size_t got = TRY(source_.read(std::span<char>(bytes_).subspan(end_)));
            ended_ = got == 0;
            end_ += got;
        }
        return std::string_view(bytes_.data() + begin_, end_ - begin_);
    }
    void use(std::size_t count) { begin_ += count; }

private:
    world::Source& source_;
    std::vector<char> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool ended_ = false;
};

class PlainSource : public world::Source {
public:
    explicit PlainSource(Buffered input) : input_(std::move(input)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::string_view have = TRY(input_.at_least(1));
        const std::size_t count = std::min(have.size(), into.size());
        std::copy_n(have.data(), count, into.data());
        input_.use(count);
        return count;
    }

private:
    Buffered input_;
};

// One member after the other, as pigz and estargz write them.
class GzipSource : public world::Source {
public:
    GzipSource(Buffered input, Inflater inflater) : input_(std::move(input)), gunzip_(make_gunzip(inflater)) {}

    Result<std::size_t> read(std::span<char> into) override {
        while (!into.empty()) {
            const std::string_view have = TRY(input_.at_least(1));
            if (have.empty() && between_) {
                return std::size_t{0};
            }
            const Gunzip::Step step = TRY(gunzip_->step(have, into));  // without input, too: it may hold bytes back
            input_.use(step.used);
            between_ = step.ended;
            if (step.made > 0) {
                return step.made;
            }
            if (have.empty() && !step.ended) {
                return fail(Errc::invalid, "the gzip stream is cut short");
            }
        }
        return std::size_t{0};
    }

private:
    Buffered input_;
    std::unique_ptr<Gunzip> gunzip_;
    bool between_ = false;
};

struct FreeZstd {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

// RFC 8878.
class ZstdSource : public world::Source {
public:
    explicit ZstdSource(Buffered input) : input_(std::move(input)), stream_(ZSTD_createDStream()) {
        ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, zstd_window_log);
    }

    Result<std::size_t> read(std::span<char> into) override {
        ZSTD_outBuffer out{into.data(), into.size(), 0};
        while (out.pos == 0 && out.size > 0) {
            const std::string_view have = TRY(input_.at_least(1));
            if (have.empty() && whole_) {
                return std::size_t{0};
            }
            ZSTD_inBuffer in{have.data(), have.size(), 0};
            const std::size_t left = ZSTD_decompressStream(stream_.get(), &out, &in);
            if (ZSTD_isError(left) != 0) {
                return fail(Errc::invalid, std::string("the zstd stream is damaged: ") + ZSTD_getErrorName(left));
            }
            if (have.empty() && out.pos == 0) {
                return fail(Errc::invalid, "the zstd stream is cut short");
            }
            input_.use(in.pos);
            whole_ = left == 0;
        }
        return out.pos;
    }

private:
    Buffered input_;
    std::unique_ptr<ZSTD_DStream, FreeZstd> stream_;
    bool whole_ = false;
};

}  // namespace

Result<std::size_t> SummingSource::read(std::span<char> into) {
    const std::size_t got = TRY(inner_.read(into));
    sum_.add(std::string_view(into.data(), got));
    bytes_ += got;
    return got;
}

oci::Digest SummingSource::digest() {
    oci::Digest digest;
    digest.algorithm = "sha256";
    digest.hex = sum_.finish_hex();
    return digest;
}

oci::Compression compression_by_magic(std::string_view first_bytes) {
    if (first_bytes.substr(0, 2) == "\x1f\x8b") {
        return oci::Compression::gzip;
    }
    return first_bytes.substr(0, 4) == "\x28\xb5\x2f\xfd" ? oci::Compression::zstd : oci::Compression::none;
}

Result<std::unique_ptr<world::Source>> decompressed(world::Source& compressed, Inflater inflater) {
    Buffered input(compressed);
    const std::string_view first = TRY(input.at_least(4));
    std::unique_ptr<world::Source> inside;
    switch (compression_by_magic(first)) {
        case oci::Compression::gzip: inside = std::make_unique<GzipSource>(std::move(input), inflater); break;
        case oci::Compression::zstd: inside = std::make_unique<ZstdSource>(std::move(input)); break;
        default: inside = std::make_unique<PlainSource>(std::move(input));
    }
    return inside;
}

}  // namespace cutaway::layer
