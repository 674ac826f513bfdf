// SPDX-License-Identifier: Apache-2.0
#include "core/layer/tar_writer.h"

#include <algorithm>
#include <array>
#include <vector>

namespace cutaway::layer {

namespace {

constexpr std::size_t block = 512;
constexpr std::int64_t second = 1'000'000'000;

// A ustar header's fields (pax(1), "ustar Interchange Format"): where they begin and how long they are.
struct Field {
    std::size_t at;
    std::size_t size;
};
constexpr Field name_field{0, 100};
constexpr Field mode_field{100, 8};
constexpr Field uid_field{108, 8};
constexpr Field gid_field{116, 8};
constexpr Field size_field{124, 12};
constexpr Field mtime_field{136, 12};
constexpr Field sum_field{148, 8};
constexpr Field type_field{156, 1};
constexpr Field link_field{157, 100};
constexpr Field magic_field{257, 8};
constexpr Field major_field{329, 8};
constexpr Field minor_field{337, 8};

using Header = std::array<char, block>;

void put_text(Header& header, Field field, std::string_view text) {
    std::copy_n(text.data(), std::min(text.size(), field.size), header.data() + field.at);
}

// Octal with zeros in front and a NUL behind; what does not fit is left 0 and said in PAX.
bool put_octal(Header& header, Field field, std::uint64_t value) {
    std::string digits(field.size - 1, '0');
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
        *digit = static_cast<char>('0' + (value & 7U));
        value >>= 3U;
    }
    const bool fits = value == 0;
    put_text(header, field, fits ? digits : std::string(field.size - 1, '0'));
    return fits;
}

void put_sum(Header& header) {
    put_text(header, sum_field, "        ");
    std::uint64_t sum = 0;
    for (const char c : header) {
        sum += static_cast<unsigned char>(c);
    }
    put_octal(header, {sum_field.at, 7}, sum);
}

char type_letter(const world::TreeEntry& entry) {
    if (!entry.hardlink.empty()) {
        return '1';
    }
    switch (entry.info.type) {
        case world::FileType::symlink: return '2';
        case world::FileType::character: return '3';
        case world::FileType::block: return '4';
        case world::FileType::directory: return '5';
        case world::FileType::fifo: return '6';
        default: return '0';
    }
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// "LENGTH KEY=VALUE\n", the length counting itself.
void add_record(std::string& pax, const std::string& key, std::string_view value) {
    const std::size_t body = key.size() + value.size() + 3;
    std::size_t length = body + 1;
    while (body + std::to_string(length).size() != length) {
        length = body + std::to_string(length).size();
    }
    pax += std::to_string(length) + " " + key + "=";
    pax.append(value);
    pax += "\n";
}

std::string time_text(std::int64_t ns) {
    std::int64_t seconds = ns / second;
    std::int64_t rest = ns % second;
    std::string sign;
    if (ns < 0) {  // PAX writes -1.5 as "-1.5"
        sign = "-";
        seconds = -seconds;
        rest = -rest;
    }
    std::string fraction = std::to_string(rest);
    fraction.insert(0, 9 - fraction.size(), '0');
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return sign + std::to_string(seconds) + (fraction.empty() ? "" : "." + fraction);
}

void append_padded(std::string& out, std::string_view bytes) {
    out.append(bytes);
    out.append((block - bytes.size() % block) % block, '\0');
}

void start(Header& header, char type) {
    header.fill('\0');
    put_text(header, type_field, std::string_view(&type, 1));
    put_text(header, magic_field, std::string_view("ustar\00000", 8));
}

void append_pax(std::string& out, const std::string& pax) {
    if (pax.empty()) {
        return;
    }
    Header header{};
    start(header, 'x');
    put_text(header, name_field, "PaxHeaders/entry");
    put_octal(header, mode_field, 0644);
    put_octal(header, uid_field, 0);
    put_octal(header, gid_field, 0);
    put_octal(header, size_field, pax.size());
    put_octal(header, mtime_field, 0);
    put_sum(header);
    out.append(header.data(), header.size());
    append_padded(out, pax);
}

void put_name(Header& header, Field field, const std::string& text, const char* key, std::string& pax) {
    put_text(header, field, text);
    if (text.size() > field.size || !is_ascii(text)) {
        add_record(pax, key, text);
    }
}

void put_number(Header& header, Field field, std::uint64_t value, const char* key, std::string& pax) {
    if (!put_octal(header, field, value)) {
        add_record(pax, key, std::to_string(value));
    }
}

bool has_bytes(const world::TreeEntry& entry) {
    return entry.info.type == world::FileType::regular && entry.hardlink.empty();
}

}  // namespace

Status TarWriter::add(const world::TreeEntry& entry, std::string_view bytes) {
    if (has_bytes(entry) ? entry.info.size != bytes.size() : !bytes.empty()) {
        return fail(Errc::invalid, "\"" + entry.path + "\" cannot be written: its size is not that of its bytes");
    }
    TRY(begin(entry));
    append_padded(out_, bytes);
    return {};
}

Status TarWriter::begin(const world::TreeEntry& entry) {
    if (entry.path.empty()) {
        return fail(Errc::invalid, "an entry without a name cannot be written");
    }
    std::string pax;
    Header header{};
    start(header, type_letter(entry));
    const bool directory = entry.info.type == world::FileType::directory && entry.path.back() != '/';
    const std::string& link = entry.hardlink.empty() ? entry.info.link : entry.hardlink;
    put_name(header, name_field, directory ? entry.path + "/" : entry.path, "path", pax);
    put_name(header, link_field, link, "linkpath", pax);
    put_octal(header, mode_field, entry.info.mode & 07777U);
    put_number(header, uid_field, entry.info.uid, "uid", pax);
    put_number(header, gid_field, entry.info.gid, "gid", pax);
    put_number(header, size_field, has_bytes(entry) ? entry.info.size : 0, "size", pax);
    const bool plain_time = entry.info.mtime_ns >= 0 && entry.info.mtime_ns % second == 0;
    if (!put_octal(header, mtime_field,
                   static_cast<std::uint64_t>(std::max<std::int64_t>(0, entry.info.mtime_ns)) /
                       static_cast<std::uint64_t>(second)) ||
        !plain_time) {
        add_record(pax, "mtime", time_text(entry.info.mtime_ns));
    }
    put_octal(header, major_field, entry.info.major);
    put_octal(header, minor_field, entry.info.minor);
    for (const world::Pair& xattr : entry.info.xattrs) {
        add_record(pax, "SCHILY.xattr." + xattr.name, xattr.value);
    }
    put_sum(header);
    append_pax(out_, pax);
    out_.append(header.data(), header.size());
    return {};
}

void TarWriter::pad(std::uint64_t size) { out_.append((block - size % block) % block, '\0'); }

void TarWriter::finish() { out_.append(2 * block, '\0'); }

}  // namespace cutaway::layer
