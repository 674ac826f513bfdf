// SPDX-License-Identifier: Apache-2.0
// Upload: one blob's bytes on their way into a registry, through one or more requests. A small blob goes in one PUT; a
// big one in PATCHes, so that a connection lost on the way costs one piece: the registry is asked how much it has
// (GET at the upload's own address) and gets the rest. An upload that the registry has forgotten begins anew. How often
// is bounded, and progress refills the bound.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/registry/push.h"

namespace cutaway::registry {

class Upload {
public:
    using Told = std::function<void(std::uint64_t)>;
    // All references outlive it.
    Upload(const Client& client, const oci::Reference& target, const BlobToPush& blob, std::string scope, Told told);

    Result<bool> present();                       // HEAD
    Result<bool> mount(const std::string& from);  // POST ?mount=&from=; if not, the upload has begun
    Status begin();                               // POST
    Status send();                                // all bytes, and the digest that ends it

private:
    class Bytes;
    Client::Inquiry inquiry(std::string method) const;
    Status take_place(const Answer& answer);
    Status send_rest();
    Status send_piece(std::uint64_t size, bool last);
    Status go_on_after(const Error& loss);
    Status ask_how_much();
    Result<std::uint64_t> accepted(const Answer& answer, std::uint64_t otherwise) const;
    Status check_answer(const Answer& answer) const;
    Error about(std::string_view why) const;

    Client client_;
    const oci::Reference& target_;
    const BlobToPush& blob_;
    std::string scope_;
    Told told_;
    std::uint64_t size_;
    std::uint64_t piece_;
    std::optional<Url> place_;  // of the upload, as the registry said last
    std::uint64_t done_ = 0;    // bytes that the registry has
    std::uint64_t resumed_at_ = 0;
    int losses_ = 0;
    std::string retry_after_;
    bool forgotten_ = false;  // once is an accident
    bool finished_ = false;
    std::shared_ptr<Bytes> bytes_;
};

// "0-1023" of a Range header: how many bytes the registry says it has; nothing if it is none. "0-0" may be one byte or
// none, so it says nothing.
std::optional<std::uint64_t> bytes_had(std::string_view range);

// The upload's address with its digest, however many questions it has already.
Url with_digest(Url place, std::string_view digest);

}  // namespace cutaway::registry
