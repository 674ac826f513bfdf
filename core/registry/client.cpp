// SPDX-License-Identifier: Apache-2.0
#include "core/registry/client.h"

#include <algorithm>

#include "core/oci/media_type.h"
#include "core/registry/blob.h"
#include "core/registry/errors.h"
#include "core/registry/verify.h"

namespace cutaway::registry {

namespace {

constexpr int max_index_depth = 4;  // an index in an index is legal, an endless chain is an attack
constexpr std::string_view user_agent = "cutaway/" CUTAWAY_VERSION;

world::SpanStart step(world::Phase phase, std::string title) {
    return {world::Grain::step, phase, std::move(title), world::Actor::daemon, {}, false};
}

std::string accepted_types() {
    std::string types;
    for (const std::string_view type : {oci::media_type::oci_index, oci::media_type::oci_manifest,
                                        oci::media_type::docker_list, oci::media_type::docker_manifest}) {
        types += (types.empty() ? "" : ", ") + std::string(type);
    }
    return types;
}

Client::Inquiry manifest_inquiry(std::string_view method, std::string_view which) {
    Client::Inquiry inquiry;
    inquiry.method = std::string(method);
    inquiry.what = "manifests";
    inquiry.which = std::string(which);
    inquiry.headers.push_back({"Accept", accepted_types()});
    inquiry.whole = oci::max_document_bytes;
    return inquiry;
}

world::BlobNote to_note(const oci::Descriptor& descriptor) {
    return {oci::to_text(descriptor.digest), static_cast<std::uint64_t>(descriptor.size), descriptor.media_type};
}

void narrate(world::Narrator& narrator, const std::string& name, const oci::Digest& digest,
             const oci::Document& document) {
    world::ManifestRead note;
    note.reference = name;
    note.digest = oci::to_text(digest);
    if (const auto* index = std::get_if<oci::Index>(&document)) {
        note.media_type = index->media_type;
        for (const oci::Descriptor& entry : index->manifests) {
            const std::string platform = entry.platform.has_value() ? oci::to_text(*entry.platform) : std::string();
            note.platforms.push_back({platform, oci::to_text(entry.digest)});
        }
    } else {
        const auto& manifest = std::get<oci::Manifest>(document);
        note.media_type = manifest.media_type;
        note.config = to_note(manifest.config);
        for (const oci::Descriptor& layer : manifest.layers) {
            note.layers.push_back(to_note(layer));
        }
    }
    narrator.note(std::move(note));
}

// What HEAD said, if it said enough.
std::optional<Resolved> from_headers(const oci::Reference& reference, const Answer& answer) {
    const auto digest = oci::parse_digest(world::header(answer.headers, "docker-content-digest"));
    const std::string type = oci::without_parameters(world::header(answer.headers, "content-type"));
    if (!passes(answer.status) || !digest || !(oci::is_manifest_type(type) || oci::is_index_type(type))) {
        return std::nullopt;
    }
    return Resolved{reference, *digest, type, {}};
}

// Whether a refused token may be replaced: it ran out, or the registry names a scope that we did not ask for. A token
// that was fetched a moment ago, or that is too little for the very scope it was asked for, means no.
bool may_login_again(const Answer& answer, const std::string& scope, bool fresh) {
    const std::vector<Challenge> challenges = challenges_of(answer.headers);
    return std::any_of(challenges.begin(), challenges.end(), [&](const Challenge& one) {
        const std::string_view wanted = parameter(one, "scope");
        const bool too_little = parameter(one, "error") == "insufficient_scope";
        return one.scheme == "bearer" && (too_little ? !wanted.empty() && wanted != scope : !fresh);
    });
}

std::string type_of(const oci::Document& document) {
    return std::visit([](const auto& held) { return held.media_type; }, document);
}

}  // namespace

Result<oci::Reference> read_name(world::Narrator& narrator, std::string_view given) {
    return world::within(narrator, step(world::Phase::resolve, "read the name"), [&]() -> Result<oci::Reference> {
        const oci::ReferenceParts parts = TRY(oci::dissect_reference(given));
        const oci::Reference& reference = parts.reference;
        world::ReferenceParsed note{std::string(given), reference.host,   reference.path,
                                    reference.tag,      reference.digest, {}};
        for (const oci::ReferencePart& part : parts.parts) {
            if (!part.given) {
                note.defaulted.push_back(part.role == oci::ReferenceRole::space ? "library"
                                                                                : std::string(to_name(part.role)));
            }
        }
        narrator.note(std::move(note));
        return reference;
    });
}

Client::Client(world::World& world, Settings settings) : Client(world, std::make_shared<Shared>(std::move(settings))) {}

Client Client::in(world::World& world) const { return Client(world, shared_); }

Error refused(Answer& answer, const oci::Reference& reference) {
    return to_error(read_refusal(answer.status, challenges_of(answer.headers), refusal_text(answer)), reference);
}

// Some registries send a 401 without saying what they want; their root says it.
Result<std::string> Client::login(const std::string& scope, const Endpoint& endpoint, Answer& answer) {
    std::vector<Challenge> challenges = challenges_of(answer.headers);
    if (challenges.empty()) {
        Question question;
        question.url = endpoint.url;
        question.url.target = "/v2/";
        question.whole = 1U << 16U;
        challenges = challenges_of(TRY(exchange(*world_, question, retry())).headers);
    }
    return shared_->auth.answer(*world_, endpoint, scope, challenges);
}

// The lock is not held while asking; two tasks may each ask.
Result<Endpoint> Client::endpoint(const std::string& host) const {
    {
        const std::lock_guard<std::mutex> lock(shared_->guard);
        if (const auto known = shared_->reached.find(host); known != shared_->reached.end()) {
            return known->second;
        }
    }
    Endpoint found = TRY(reach(*world_, TRY(endpoint_of(host, shared_->settings.trust)), retry()));
    const std::lock_guard<std::mutex> lock(shared_->guard);
    return shared_->reached.emplace(host, std::move(found)).first->second;
}

Result<Answer> Client::ask(const oci::Reference& reference, const Inquiry& inquiry) {
    const Endpoint endpoint = TRY(this->endpoint(reference.host));
    const std::string scope = inquiry.scope.empty() ? pull_scope(reference.path) : inquiry.scope;
    RetryPolicy policy = retry();
    policy.attempts = inquiry.once ? 1 : policy.attempts;
    Question question;
    question.method = inquiry.method;
    question.url = inquiry.at.value_or(address_of(endpoint, reference, inquiry.what, inquiry.which));
    question.headers = inquiry.headers;
    question.headers.push_back({"User-Agent", std::string(user_agent)});
    question.whole = inquiry.whole;
    question.body = inquiry.body;
    question.open_body = inquiry.open_body;
    const bool ours = same_origin(question.url, endpoint.url);
    if (ours) {
        question.authorization = shared_->auth.remembered(*world_, endpoint, scope);
    }
    Answer answer = TRY(exchange(*world_, question, policy));
    // A 401 is answered at most twice: the token may have run out, the new one may lack a scope. Then it is an answer.
    bool fresh = false;
    for (int round = 0; ours && round < 2 && answer.status == 401 && same_origin(answer.from, question.url); ++round) {
        if (!question.authorization.empty() && !may_login_again(answer, scope, fresh)) {
            break;
        }
        const std::string header = TRY(login(scope, endpoint, answer));
        answer = Answer{};  // its body is let go before the line is used again
        question.authorization = header;
        fresh = true;
        answer = TRY(exchange(*world_, question, policy));
    }
    return answer;
}

Result<Url> Client::server_of(const oci::Reference& reference) const { return TRY(endpoint(reference.host)).url; }

Result<Resolved> Client::resolve(const oci::Reference& reference) {
    if (!reference.digest.empty()) {
        const oci::Digest digest = TRY(oci::parse_digest(reference.digest));
        world_->narrator.note(world::Decision{
            {}, "resolve", reference.digest, "the name is a digest already, so there is no tag to ask for"});
        return Resolved{reference, digest, {}, {}};
    }
    return world::within(world_->narrator, step(world::Phase::resolve, "ask the registry what the tag points to"),
                         [&] { return ask_for_tag(reference); });
}

Result<Resolved> Client::ask_for_tag(const oci::Reference& reference) {
    const Answer answer = TRY(ask(reference, manifest_inquiry("HEAD", reference.tag)));
    if (std::optional<Resolved> resolved = from_headers(reference, answer)) {
        return *std::move(resolved);
    }
    if (answer.status == 429 || answer.status >= 500) {
        world_->narrator.note(world::Decision{{}, "resolve", "GET", "only a GET's answer says why it is refused"});
    }
    return get_tag(reference);  // errors to HEAD have no body, and some registries know no HEAD at all
}

Result<Resolved> Client::get_tag(const oci::Reference& reference) {
    Answer answer = TRY(ask(reference, manifest_inquiry("GET", reference.tag)));
    if (!passes(answer.status)) {
        return refused(answer, reference);
    }
    Resolved resolved;
    resolved.reference = reference;
    resolved.media_type = oci::without_parameters(world::header(answer.headers, "content-type"));
    resolved.bytes = std::move(answer.text);
    resolved.digest = oci::digest_of(resolved.bytes);
    if (const std::string_view claimed = world::header(answer.headers, "docker-content-digest"); !claimed.empty()) {
        const oci::Digest digest = TRY_IN("Docker-Content-Digest", oci::parse_digest(claimed));
        TRY(check_digest(world_->narrator, "manifest", digest, resolved.bytes));
    }
    return resolved;
}

Result<Client::Fetched> Client::fetch_document(const oci::Reference& reference, const oci::Descriptor& named) {
    TRY(can_check(named.digest));
    const std::string digest = oci::to_text(named.digest);
    Answer answer = TRY(ask(reference, manifest_inquiry("GET", digest)));
    if (!passes(answer.status)) {
        return refused(answer, reference);
    }
    TRY(check_digest(world_->narrator, "manifest", named.digest, answer.text));
    if (named.size > 0 && static_cast<std::size_t>(named.size) != answer.text.size()) {
        return fail(Errc::invalid, "manifest " + digest + " has " + std::to_string(answer.text.size()) +
                                       " bytes, not the " + std::to_string(named.size) + " that the index says");
    }
    const std::string type(world::header(answer.headers, "content-type"));
    oci::Document document = TRY_IN(digest, oci::parse_manifest_or_index(answer.text, type));
    const std::string got = type_of(document);
    if (!named.media_type.empty() && named.media_type != got) {  // CVE-2021-41190
        return fail(Errc::invalid,
                    "ambiguous manifest: " + digest + " was named as " + named.media_type + " but is served as " + got);
    }
    return Fetched{std::move(document), std::move(answer.text), got};
}

Result<oci::Descriptor> Client::choose(const oci::Reference& reference, const oci::Index& index,
                                       const oci::Platform& machine) {
    return world::within(
        world_->narrator, step(world::Phase::manifest, "choose the platform"), [&]() -> Result<oci::Descriptor> {
            const oci::PlatformChoice choice =
                TRY_IN("no match for platform in manifest of " + oci::familiar_name(reference),
                       oci::choose_platform(index, machine));
            world::PlatformChosen note;
            note.wanted = oci::to_text(machine);
            note.chosen = choice.chosen.platform.has_value() ? oci::to_text(*choice.chosen.platform) : std::string();
            note.digest = oci::to_text(choice.chosen.digest);
            note.why = choice.why;
            for (const oci::ConsideredEntry& entry : choice.considered) {
                note.considered.push_back({entry.platform, entry.verdict});
            }
            world_->narrator.note(std::move(note));
            return choice.chosen;
        });
}

Result<std::string> Client::fetch_config(const oci::Reference& reference, const oci::Descriptor& descriptor) {
    if (!oci::is_config_type(descriptor.media_type)) {
        return fail(Errc::unsupported, "no image but an artifact: its config is of the type " + descriptor.media_type);
    }
    if (static_cast<std::uint64_t>(descriptor.size) > oci::max_document_bytes) {
        return fail(Errc::invalid, "the image config has more than 4 MiB");
    }
    return world::within(world_->narrator, step(world::Phase::manifest, "ask for the image config"),
                         [&]() -> Result<std::string> {
                             const std::unique_ptr<world::Source> body =
                                 TRY(open_blob(*this, {reference, descriptor, BlobCheck::digest, "config"}));
                             return read_to_end(*body, static_cast<std::size_t>(descriptor.size));
                         });
}

// The document that the name stands for; resolving may have fetched it already.
Result<Client::Fetched> Client::first_document(const Resolved& resolved, const oci::Descriptor& named) {
    if (resolved.bytes.empty()) {
        return world::within(world_->narrator, step(world::Phase::manifest, "ask for the document behind the name"),
                             [&] { return fetch_document(resolved.reference, named); });
    }
    oci::Document document = TRY_IN(oci::familiar_name(resolved.reference),
                                    oci::parse_manifest_or_index(resolved.bytes, resolved.media_type));
    std::string type = type_of(document);
    return Fetched{std::move(document), resolved.bytes, std::move(type)};
}

Result<Image> Client::finish_image(Image image, Fetched fetched) {
    image.descriptor.media_type = std::move(fetched.media_type);
    image.descriptor.size = static_cast<std::int64_t>(fetched.bytes.size());
    image.manifest = std::get<oci::Manifest>(std::move(fetched.document));
    image.manifest_bytes = std::move(fetched.bytes);
    image.config_bytes = TRY(fetch_config(image.reference, image.manifest.config));
    image.config = TRY(oci::parse_image_config(image.config_bytes));
    TRY(oci::check_config_matches(image.manifest, image.config));
    return image;
}

Result<Image> Client::fetch_image(const Resolved& resolved, const oci::Platform& machine) {
    Image image;
    image.reference = resolved.reference;
    image.digest = resolved.digest;
    image.descriptor.digest = resolved.digest;
    image.descriptor.media_type = resolved.media_type;
    const std::string name = oci::familiar_name(image.reference);
    Fetched fetched = TRY(first_document(resolved, image.descriptor));
    for (int depth = 0; depth < max_index_depth; ++depth) {
        narrate(world_->narrator, name, image.descriptor.digest, fetched.document);
        const auto* index = std::get_if<oci::Index>(&fetched.document);
        if (index == nullptr) {
            return finish_image(std::move(image), std::move(fetched));
        }
        image.descriptor = TRY(choose(image.reference, *index, machine));
        image.index = depth == 0 ? std::move(fetched.bytes) : std::move(image.index);
        const auto fetch = [&] { return fetch_document(image.reference, image.descriptor); };
        fetched = TRY(world::within(world_->narrator, step(world::Phase::manifest, "ask for the manifest"), fetch));
    }
    return fail(Errc::invalid, "indexes of " + name + " are nested deeper than " + std::to_string(max_index_depth));
}

Result<std::unique_ptr<world::Source>> Client::fetch_blob(const oci::Reference& reference,
                                                          const oci::Descriptor& descriptor, BlobCheck check) {
    if (!descriptor.urls.empty()) {  // never asked: anybody could have put any address there
        world_->narrator.note(world::Decision{
            {}, "foreign layer", "registry", "the manifest also lists other addresses; only the registry is asked"});
    }
    const std::string title = "ask for layer " + oci::short_text(descriptor.digest);
    return world::within(world_->narrator, step(world::Phase::layers, title), [&] {
        return open_blob(*this, {reference, descriptor, check, "layer"});
    });
}

}  // namespace cutaway::registry
