// SPDX-License-Identifier: Apache-2.0
#include "core/registry/push.h"

#include "core/registry/errors.h"
#include "core/registry/upload.h"
#include "core/registry/verify.h"

namespace cutaway::registry {

namespace {

world::SpanStart step(world::Phase phase, std::string title) {
    return {world::Grain::step, phase, std::move(title), world::Actor::daemon, {}, false};
}

// To mount, the registry wants to see that we may read where it lies.
std::string scope_of(const oci::Reference& target, const std::vector<std::string>& mount_from) {
    std::string scope = push_scope(target.path);
    for (const std::string& from : mount_from) {
        scope += " " + pull_scope(from);
    }
    return scope;
}

}  // namespace

Error push_refused(Answer& answer) {
    return to_push_error(read_refusal(answer.status, challenges_of(answer.headers), refusal_text(answer)));
}

Result<BlobPushed> push_blob(const Client& client, const oci::Reference& target, const BlobToPush& blob,
                             const std::function<void(std::uint64_t)>& told) {
    TRY(can_check(blob.descriptor.digest));
    Upload upload(client, target, blob, scope_of(target, blob.mount_from), told);
    world::Narrator& narrator = client.world().narrator;
    const auto ask = [&] { return upload.present(); };
    if (TRY(world::within(narrator, step(world::Phase::none, "ask whether the registry has it"), ask))) {
        return BlobPushed{HowPushed::present, {}};
    }
    bool begun = false;
    for (const std::string& from : blob.mount_from) {
        const auto mount = [&] { return upload.mount(from); };
        if (TRY(world::within(narrator, step(world::Phase::none, "ask for the one it has in " + from), mount))) {
            return BlobPushed{HowPushed::mounted, from};
        }
        begun = true;
        break;  // it has an upload for us now; a second one would be left behind
    }
    const auto send = [&]() -> Status {
        if (!begun) {
            TRY(upload.begin());
        }
        return upload.send();
    };
    TRY(world::within(narrator, step(world::Phase::none, "upload the " + blob.what), send));
    return BlobPushed{HowPushed::uploaded, {}};
}

Status push_manifest(const Client& client, const oci::Reference& target, const oci::Descriptor& descriptor,
                     const std::string& bytes) {
    Client own = client;
    Client::Inquiry inquiry;
    inquiry.method = "PUT";
    inquiry.what = "manifests";
    inquiry.which = target.tag.empty() ? oci::to_text(descriptor.digest) : target.tag;
    inquiry.headers.push_back({"Content-Type", descriptor.media_type});
    inquiry.body = bytes;
    inquiry.scope = push_scope(target.path);
    inquiry.whole = std::size_t{1} << 16U;
    Answer answer = TRY(own.ask(target, inquiry));
    if (!passes(answer.status)) {
        return push_refused(answer);
    }
    const std::string_view claimed = world::header(answer.headers, "docker-content-digest");
    const std::string ours = oci::to_text(descriptor.digest);
    if (!claimed.empty() && claimed != ours) {
        return fail(Errc::invalid, "the registry keeps the manifest as " + std::string(claimed.substr(0, 80)) +
                                       ", but what was sent is " + ours);
    }
    return {};
}

}  // namespace cutaway::registry
