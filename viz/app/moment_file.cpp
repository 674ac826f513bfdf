// SPDX-License-Identifier: Apache-2.0
#include "viz/app/moment_file.h"

#include "core/base/json_codec.h"
#include "core/base/sha256.h"
#include "core/trace/bytes.h"
#include "core/trace/file.h"

namespace cutaway::app {

namespace {

constexpr std::string_view beginning_of_all = "{\"format\":\"cutaway-moment\"";
constexpr std::uint64_t largest = std::uint64_t{1} << 30U;
constexpr std::size_t longest_head = std::size_t{8} << 20U;

// Of the newest kind, whatever else it holds: the version alone can be believed.
Result<std::uint32_t> version_of(std::string_view line) {
    json::Reader reader(line);
    std::string_view key;
    std::uint64_t version = 1;
    if (reader.begin_object()) {
        while (reader.next_key(key)) {
            if (!(key == "version" ? reader.read_uint(version) : reader.skip())) {
                break;
            }
        }
    }
    if (!reader.ok() || version == 0 || version > 0xFFFFFFFFU) {
        return fail(Errc::invalid, "its first line is damaged");
    }
    return static_cast<std::uint32_t>(version);
}

Result<MomentHead> head_of(std::string_view line) {
    const std::uint32_t version = TRY(version_of(line));
    if (version > MomentHead().version) {
        return fail(Errc::unsupported, "a newer cutaway wrote it (version " + std::to_string(version) +
                                           " of such files, this one reads " + std::to_string(MomentHead().version) +
                                           "); open it with that one");
    }
    MomentHead head;
    json::Reader reader(line);
    if (!json::read(reader, head) || !reader.at_end()) {
        return fail(Errc::invalid, "its first line is damaged");
    }
    return head;
}

// Everything is where the head says it is, and nothing else is there.
Status check_whole(const MomentHead& head, std::string_view rest) {
    std::uint64_t size = head.trace_size;
    for (const MachinePart& part : head.machine) {
        if (!cli::is_machine_file(part.name)) {
            return fail(Errc::invalid, "it holds a file that no machine has: \"" + part.name + "\"");
        }
        size = part.size > largest || size > largest ? largest + 1 : size + part.size;
    }
    if (size != rest.size() || sha256_hex(rest) != head.sum) {
        return fail(Errc::invalid, "it is cut short or damaged; ask for it again");
    }
    return {};
}

}  // namespace

std::string encode(MomentFile moment) {
    moment.head.program = "cutaway " CUTAWAY_VERSION;
    moment.head.trace_size = moment.trace.size();
    moment.head.machine.clear();
    std::string rest = std::move(moment.trace);
    for (const auto& [name, bytes] : moment.machine) {
        moment.head.machine.push_back({name, bytes.size()});
        rest += bytes;
    }
    moment.head.sum = sha256_hex(rest);
    std::string fields;
    json::write(fields, moment.head);  // which leaves out what is as always: the format and the version
    const std::string version = std::to_string(moment.head.version);
    return std::string(beginning_of_all) + ",\"version\":" + version + "," + fields.substr(1) + "\n" + rest;
}

bool is_moment(std::string_view beginning) { return beginning.starts_with(beginning_of_all); }

Result<MomentFile> decode_moment(std::string_view bytes) {
    if (!is_moment(bytes)) {
        return fail(Errc::invalid, "it is no moment");
    }
    const std::size_t end = bytes.substr(0, longest_head).find('\n');
    if (end == std::string_view::npos) {
        return fail(Errc::invalid, "it is cut short or damaged; ask for it again");
    }
    MomentFile moment;
    moment.head = TRY(head_of(bytes.substr(0, end)));
    std::string_view rest = bytes.substr(end + 1);
    TRY(check_whole(moment.head, rest));
    moment.trace = rest.substr(0, moment.head.trace_size);
    rest.remove_prefix(moment.trace.size());
    for (const MachinePart& part : moment.head.machine) {
        moment.machine[part.name] = rest.substr(0, part.size);
        rest.remove_prefix(part.size);
    }
    return moment;
}

Status write_moment(const std::string& path, MomentFile moment) {
    if (trace::open_bytes(path)) {
        return fail(Errc::exists, path + ": there is a file of that name already; choose another");
    }
    const std::unique_ptr<trace::StdioLines> file = TRY(trace::StdioLines::create(path));
    return file->line(encode(std::move(moment)));
}

Result<MomentFile> read_moment(const std::string& path) {
    const std::unique_ptr<trace::Bytes> bytes = TRY_IN("open " + path, trace::open_bytes(path));
    if (bytes->size() > largest) {
        return fail(Errc::invalid, "open " + path + ": it is larger than a moment can be (1 GiB)");
    }
    return TRY_IN("open the moment " + path, decode_moment(TRY(trace::read_file(path))));
}

bool is_moment_file(const std::string& path) {
    const Result<std::unique_ptr<trace::Bytes>> bytes = trace::open_bytes(path);
    return bytes && is_moment((*bytes)->at(0, beginning_of_all.size()));
}

}  // namespace cutaway::app
