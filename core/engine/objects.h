// SPDX-License-Identifier: Apache-2.0
// Networks and volumes, made and removed by name: what docker's network and volume verbs ask of the engine. A network's
// bridge is made with it and goes with it; a container's cable is not laid here.
#pragma once

#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace cutaway::engine {

struct NetworkOptions {
    std::string name;
    std::string driver = "bridge";
    std::string subnet;  // empty: the next pool of docker's that nobody has
    std::string gateway;
    bool internal = false;
    std::vector<std::string> labels;  // NAME=VALUE
    std::vector<std::string> options;
};

Result<std::string> create_network(Engine& engine, const NetworkOptions& options);  // the id
Status remove_network(Engine& engine, const std::string& name);
Result<std::vector<std::string>> prune_networks(Engine& engine, const MayGo& may_go = {});  // names

struct NetworkMember {
    std::string container;  // id
    std::string name;
    store::NetworkEndpoint endpoint;
};
Result<std::vector<NetworkMember>> members(Engine& engine, const store::NetworkRecord& network);  // that are up

struct VolumeOptions {
    std::string name;  // empty: an anonymous one
    std::string driver = "local";
    std::vector<std::string> labels;
    std::vector<std::string> options;
};

Result<store::VolumeRecord> create_volume(Engine& engine, const VolumeOptions& options);
Status remove_volume(Engine& engine, const std::string& name);
Result<PruneResult> prune_volumes(Engine& engine, bool named_too, const MayGo& may_go = {});

}  // namespace cutaway::engine
