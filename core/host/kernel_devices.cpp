// SPDX-License-Identifier: Apache-2.0
// Which devices a v2 cgroup's processes may open or make. Version 1 has a file for that, version 2 a program that the
// kernel asks (BPF_PROG_TYPE_CGROUP_DEVICE). It is assembled here, a block a rule, the last rule first.
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/host/kernel_calls.h"

namespace cutaway::host {

namespace {

using Program = std::vector<bpf_insn>;

constexpr std::uint8_t verdict = BPF_REG_0;
constexpr std::uint8_t context = BPF_REG_1;  // until it is read; then what a block needs for itself
constexpr std::uint8_t type = BPF_REG_2;
constexpr std::uint8_t access_bits = BPF_REG_3;
constexpr std::uint8_t major_number = BPF_REG_4;
constexpr std::uint8_t minor_number = BPF_REG_5;

bpf_insn instruction(int code, std::uint8_t to, std::uint8_t from, std::int16_t offset, std::int32_t value) {
    bpf_insn one{};
    one.code = static_cast<std::uint8_t>(code);
    one.dst_reg = to & 0xFU;
    one.src_reg = from & 0xFU;
    one.off = offset;
    one.imm = value;
    return one;
}

void add_load(Program& program, std::uint8_t into, std::size_t offset) {
    program.push_back(instruction(BPF_LDX | BPF_MEM | BPF_W, into, context, static_cast<std::int16_t>(offset), 0));
}

std::int32_t access_mask(const std::string& access) {
    std::int32_t mask = 0;
    for (const char c : access) {
        mask |= c == 'm' ? BPF_DEVCG_ACC_MKNOD : c == 'r' ? BPF_DEVCG_ACC_READ : c == 'w' ? BPF_DEVCG_ACC_WRITE : 0;
    }
    return mask;
}

constexpr std::size_t verdict_size = 2;

void add_verdict(Program& program, bool allow) {
    program.push_back(instruction(BPF_ALU64 | BPF_MOV | BPF_K, verdict, 0, 0, allow ? 1 : 0));
    program.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
}

constexpr std::int16_t to_the_end = -1;  // a jump that is not settled yet

// If the rule fits, its verdict is the answer. An allowance must cover all that is asked for; a ban bites on any of it.
Program block(const world::DeviceRule& rule) {
    Program code;
    const auto unless = [&](std::uint8_t reg, std::int64_t value) {
        code.push_back(instruction(BPF_JMP | BPF_JNE | BPF_K, reg, 0, to_the_end, static_cast<std::int32_t>(value)));
    };
    if (rule.type != "a") {
        unless(type, rule.type == "b" ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
    }
    const std::int32_t mask = access_mask(rule.access);
    if (mask != access_mask("rwm")) {
        code.push_back(instruction(BPF_ALU | BPF_MOV | BPF_X, context, access_bits, 0, 0));
        code.push_back(instruction(BPF_ALU | BPF_AND | BPF_K, context, 0, 0, mask));
        code.push_back(rule.allow ? instruction(BPF_JMP | BPF_JNE | BPF_X, context, access_bits, to_the_end, 0)
                                  : instruction(BPF_JMP | BPF_JEQ | BPF_K, context, 0, to_the_end, 0));
    }
    if (rule.major >= 0) {
        unless(major_number, rule.major);
    }
    if (rule.minor >= 0) {
        unless(minor_number, rule.minor);
    }
    add_verdict(code, rule.allow);
    for (std::size_t at = 0; at < code.size(); ++at) {
        if (code[at].off == to_the_end) {
            code[at].off = static_cast<std::int16_t>(code.size() - at - 1);
        }
    }
    return code;
}

Program assemble(const std::vector<world::DeviceRule>& rules) {
    Program program;
    add_load(program, type, offsetof(bpf_cgroup_dev_ctx, access_type));
    program.push_back(instruction(BPF_ALU | BPF_MOV | BPF_X, access_bits, type, 0, 0));
    program.push_back(instruction(BPF_ALU | BPF_AND | BPF_K, type, 0, 0, 0xFFFF));
    program.push_back(instruction(BPF_ALU | BPF_RSH | BPF_K, access_bits, 0, 0, 16));
    add_load(program, major_number, offsetof(bpf_cgroup_dev_ctx, major));
    add_load(program, minor_number, offsetof(bpf_cgroup_dev_ctx, minor));
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
        const Program code = block(*rule);
        program.insert(program.end(), code.begin(), code.end());
        if (code.size() == verdict_size) {  // it fits always: what follows is never reached, and would be refused
            return program;
        }
    }
    add_verdict(program, true);
    return program;
}

long bpf(bpf_cmd command, bpf_attr& attributes) { return ::syscall(SYS_bpf, command, &attributes, sizeof attributes); }

}  // namespace

Done perform(Acting& acting, const world::LimitDevices& call) {
    const Fd group = TRY(open_file(call.path, O_RDONLY | O_DIRECTORY));
    const Program code = assemble(call.rules);
    static constexpr std::array<char, 11> license{"Apache-2.0"};
    bpf_attr load{};
    load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    load.insns = reinterpret_cast<std::uintptr_t>(code.data());
    load.insn_cnt = static_cast<std::uint32_t>(code.size());
    load.license = reinterpret_cast<std::uintptr_t>(license.data());
    int loaded = -1;
    TRY(acting.ledger.must("bpf", "BPF_PROG_LOAD, {" + std::to_string(code.size()) + " instructions}", call.path,
                           [&] { return loaded = static_cast<int>(bpf(BPF_PROG_LOAD, load)); }));
    const Fd program(loaded);
    bpf_attr attach{};
    attach.target_fd = static_cast<std::uint32_t>(group.get());
    attach.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
    attach.attach_type = BPF_CGROUP_DEVICE;
    attach.attach_flags = BPF_F_ALLOW_MULTI;
    TRY(acting.ledger.must("bpf", "BPF_PROG_ATTACH, BPF_CGROUP_DEVICE, " + quoted(call.path), call.path,
                           [&] { return bpf(BPF_PROG_ATTACH, attach); }));
    return world::Reply{};
}

}  // namespace cutaway::host
