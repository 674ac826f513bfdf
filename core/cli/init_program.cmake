# SPDX-License-Identifier: Apache-2.0
# cutaway-init: static, small, one thread. It compiles its few sources again for size; nothing here throws.
set(CUTAWAY_INIT_SOURCES
    core/cli/root_init.cpp
    core/base/json.cpp
    core/dns/message.cpp core/dns/names.cpp
    core/plan/plan.cpp core/world/call.cpp
    core/runtime/init.cpp core/runtime/log_line.cpp core/runtime/protocol.cpp core/runtime/shim.cpp core/runtime/supervise.cpp
    core/host/capability.cpp core/host/cgroup_facts.cpp core/host/error.cpp core/host/companion_process.cpp core/host/init_child.cpp core/host/kernel.cpp
    core/host/kernel_bundle.cpp core/host/kernel_cgroup.cpp core/host/kernel_devices.cpp core/host/kernel_hook.cpp core/host/kernel_identity.cpp core/host/kernel_mount.cpp core/host/kernel_names.cpp core/host/kernel_nat.cpp core/host/kernel_network.cpp
    core/host/kernel_node.cpp core/host/kernel_path.cpp core/host/kernel_process.cpp core/host/kernel_terminal.cpp core/host/kernel_users.cpp core/host/name_server.cpp core/host/netlink.cpp core/host/nft_rule.cpp core/host/packet_socket.cpp core/host/shim_door.cpp
    core/host/remove_tree.cpp core/host/run_program.cpp core/host/save_file.cpp core/host/shim_process.cpp core/host/syscall.cpp core/host/tiny_init.cpp)
list(TRANSFORM CUTAWAY_INIT_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/)
add_executable(cutaway-init ${CUTAWAY_INIT_SOURCES})
target_link_libraries(cutaway-init PRIVATE cutaway_options)
target_compile_options(cutaway-init PRIVATE -Os -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections
                                            -fno-asynchronous-unwind-tables -fno-sanitize=all)
target_link_options(cutaway-init PRIVATE -static -Wl,--gc-sections -s -fno-sanitize=all)
set_target_properties(cutaway-init PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/core/cli)
