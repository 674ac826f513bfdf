// SPDX-License-Identifier: Apache-2.0
// libcutaway-http.so: HTTP exchanges over libcurl, on lines that are used again (http_pool.h). The body is pulled: reading turns curl's wheel, and
// when nobody reads, nothing moves and no clock runs, so a gated engine may stand as long as it likes.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>

#include <curl/curl.h>

#include "core/host/http_pool.h"
#include "core/host/transport.h"

namespace cutaway::host {
namespace {

constexpr std::size_t most_buffered = std::size_t{256} << 10U;
constexpr int slice_ms = 50;
constexpr long connect_seconds = 30;

struct CloseEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One exchange. It has its line alone, and gives it back when it ends.
class Exchange {
public:
    Exchange(std::shared_ptr<HttpPool> pool, const world::HttpRequest& request, HttpRoute route, world::Source* upload,
             const world::Cancel& cancel)
        : pool_(std::move(pool)),
          request_(request),
          route_(std::move(route)),
          upload_(upload),
          cancel_(cancel),
          line_name_(line_name(request.url, route_)),
          line_(pool_->take(line_name_)),
          easy_(curl_easy_init()) {}
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    ~Exchange();

    Status begin();
    Result<world::HttpResponse> head();
    Result<std::size_t> read(std::span<char> into);

private:
    static std::size_t on_header(char* text, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* text, std::size_t size, std::size_t count, void* self);
    static std::size_t on_upload(char* into, std::size_t size, std::size_t count, void* self);
    void set_method();
    void set_route();
    Status turn();
    Status check_patience() const;
    Status result_of(CURLcode code) const;
    std::string why(CURLcode code) const;
    bool was_shut_out(CURLcode code) const;

    std::shared_ptr<HttpPool> pool_;
    world::HttpRequest request_;
    HttpRoute route_;
    world::Source* upload_;
    const world::Cancel& cancel_;
    std::string line_name_;
    HttpPool::Line line_;
    std::unique_ptr<CURL, CloseEasy> easy_;
    std::unique_ptr<curl_slist, FreeList> headers_;
    std::vector<world::Pair> received_;
    std::string buffer_;
    std::array<char, CURL_ERROR_SIZE> details_{};
    std::size_t taken_ = 0;
    bool head_ended_ = false;
    bool paused_ = false;
    bool done_ = false;
    bool begun_ = false;
    Status upload_status_;
    Status ending_;
    std::chrono::steady_clock::time_point moved_ = std::chrono::steady_clock::now();
};

class Body final : public world::Source {
public:
    explicit Body(std::unique_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
    Result<std::size_t> read(std::span<char> into) override { return exchange_->read(into); }

private:
    std::unique_ptr<Exchange> exchange_;
};

std::size_t Exchange::on_header(char* text, std::size_t size, std::size_t count, void* self) {
    auto& me = *static_cast<Exchange*>(self);
    std::string_view line(text, size * count);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) {
        line.remove_suffix(1);
    }
    me.moved_ = std::chrono::steady_clock::now();
    if (line.rfind("HTTP/", 0) == 0) {  // also of an interim answer (100 Continue): start afresh
        me.received_.clear();
    }
    const std::size_t colon = line.find(':');
    if (line.empty()) {
        long status = 0;
        curl_easy_getinfo(me.easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        me.head_ended_ = status >= 200;
    } else if (colon != std::string_view::npos && line.rfind("HTTP/", 0) != 0) {
        std::string name(line.substr(0, colon));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        const std::size_t value = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
        me.received_.push_back({std::move(name), std::string(line.substr(value))});
    }
    return size * count;
}

std::size_t Exchange::on_body(char* text, std::size_t size, std::size_t count, void* self) {
    auto& me = *static_cast<Exchange*>(self);
    if (me.buffer_.size() - me.taken_ > most_buffered) {
        me.paused_ = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    me.head_ended_ = true;
    me.moved_ = std::chrono::steady_clock::now();
    me.buffer_.append(text, size * count);
    return size * count;
}

std::size_t Exchange::on_upload(char* into, std::size_t size, std::size_t count, void* self) {
    auto& me = *static_cast<Exchange*>(self);
    Result<std::size_t> got = me.upload_->read({into, size * count});
    me.moved_ = std::chrono::steady_clock::now();
    if (!got) {
        me.upload_status_ = std::move(got).error();
        return CURL_READFUNC_ABORT;
    }
    return *got;
}

// An answer without a body has its end in what was read already; it is seen now, or libcurl would close the connection
// as one that was left in the middle.
Exchange::~Exchange() {
    if (line_ == nullptr) {
        return;
    }
    if (begun_ && head_ended_ && !done_ && !paused_) {
        int running = 0;
        curl_multi_perform(line_.get(), &running);
    }
    curl_multi_remove_handle(line_.get(), easy_.get());
    easy_.reset();
    pool_->give_back(line_name_, std::move(line_));
}

// A program that is started meanwhile shall have no line of ours.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void Exchange::set_method() {
    CURL* easy = easy_.get();
    if (request_.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (request_.method != "GET") {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
    if (!request_.body.empty()) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.c_str());
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    } else if (upload_ != nullptr) {
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);  // what was read of a stream cannot be sent again
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Exchange::on_upload);
        curl_easy_setopt(easy, CURLOPT_READDATA, this);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
        for (const world::Pair& pair : request_.headers) {
            if (pair.name == "Content-Length" || pair.name == "content-length") {
                curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
                                 static_cast<curl_off_t>(std::strtoll(pair.value.c_str(), nullptr, 10)));
            }
        }
    } else if (request_.method == "POST" || request_.method == "PUT" || request_.method == "PATCH") {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(0));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
    }
}

Status Exchange::begin() {
    CURL* easy = easy_.get();
    if (easy == nullptr || line_ == nullptr) {
        return fail(Errc::io, "start libcurl");
    }
    // curl adds headers of its own that nobody asked for; an empty one takes it away.
    curl_slist* list = nullptr;
    for (const char* none : {"User-Agent:", "Expect:"}) {
        list = curl_slist_append(list, none);
    }
    bool accepts = false;
    bool typed = false;
    for (const world::Pair& pair : request_.headers) {
        const std::string line = pair.name + (pair.value.empty() ? ";" : ": " + pair.value);
        if (line.find_first_of("\r\n") != std::string::npos) {
            curl_slist_free_all(list);
            return fail(Errc::invalid, "a header with a line break: " + pair.name);
        }
        accepts = accepts || pair.name == "Accept" || pair.name == "accept";
        typed = typed || pair.name == "Content-Type" || pair.name == "content-type";
        list = curl_slist_append(list, line.c_str());
    }
    list = accepts ? list : curl_slist_append(list, "Accept:");
    list = typed ? list : curl_slist_append(list, "Content-Type:");
    headers_.reset(list);
    curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_SHARE, pool_->shared());
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 131072L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    set_method();
    set_route();
    begun_ = curl_multi_add_handle(line_.get(), easy) == CURLM_OK;
    return begun_ ? Status() : Status(fail(Errc::io, "start libcurl"));
}

// What else libcurl would read from the environment is said here instead.
void Exchange::set_route() {
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, details_.data());
    curl_easy_setopt(easy, CURLOPT_PROXY, route_.proxy.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!route_.tls.verify) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!route_.tls.authorities.empty()) {  // the machine's own stay: they are in the folder that libcurl looks in
        curl_blob authorities{route_.tls.authorities.data(), route_.tls.authorities.size(), CURL_BLOB_COPY};
        curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &authorities);
    }
    if (!route_.tls.certificate.empty()) {
        curl_easy_setopt(easy, CURLOPT_SSLCERT, route_.tls.certificate.c_str());
        curl_easy_setopt(easy, CURLOPT_SSLKEY, route_.tls.key.c_str());
    }
}

// Asking again would not do where somebody's word was not believed.
Errc kind_of(CURLcode code, std::string_view details, long proxy_status) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT: return Errc::timeout;
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL: return Errc::invalid;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE: return Errc::denied;
        default: break;
    }
    if (proxy_status >= 400 && proxy_status < 500) {
        return Errc::denied;
    }
    const bool alert =
        details.find(" alert ") != std::string_view::npos && details.find("SSL") != std::string_view::npos;
    const bool plain = details.find("wrong version number") != std::string_view::npos;
    return alert ? Errc::denied : plain ? Errc::unsupported : Errc::network;
}

// A server that has seen no certificate may be gone before our question is written; then its alert is never read.
bool Exchange::was_shut_out(CURLcode code) const {
    return code == CURLE_SEND_ERROR && upload_ == nullptr && request_.body.empty() && !head_ended_ &&
           route_.tls.certificate.empty() && request_.url.rfind("https:", 0) == 0;
}

// Of libcurl's own details only what is known to hold no secret.
std::string Exchange::why(CURLcode code) const {
    const std::string_view details = details_.data();
    long proxy_status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (!route_.proxy.empty() && proxy_status >= 300) {
        return "the proxy " + without_password(route_.proxy) + " answered " + std::to_string(proxy_status);
    }
    // Servers say it in three ways; Go's older ones call no certificate a bad one.
    const auto alerted = [&](std::string_view what) { return details.find(what) != std::string_view::npos; };
    if (alerted("alert certificate required") ||
        (route_.tls.certificate.empty() && (alerted("alert handshake failure") || alerted("alert bad certificate")))) {
        return "the server asks for a client certificate";
    }
    if (details.find("wrong version number") != std::string_view::npos) {
        return "the server does not speak TLS; if it is to be asked in plain http, name it under insecure-registries";
    }
    if (was_shut_out(code)) {
        return "the server ended the connection behind the handshake, as one does that asks for a client certificate";
    }
    std::string why = curl_easy_strerror(code);
    if (!why.empty() && why[0] >= 'A' && why[0] <= 'Z' && (why.size() < 2 || why[1] >= 'a')) {
        why[0] = static_cast<char>(why[0] - 'A' + 'a');
    }
    return route_.proxy.empty() ? why : why + " (by the proxy " + without_password(route_.proxy) + ")";
}

Status Exchange::result_of(CURLcode code) const {
    if (code == CURLE_OK) {
        return {};
    }
    if (!upload_status_) {
        return upload_status_;
    }
    long proxy_status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    const Errc kind = was_shut_out(code) ? Errc::denied : kind_of(code, details_.data(), proxy_status);
    return fail(kind, request_.method + " " + request_.url + ": " + why(code));
}

Status Exchange::check_patience() const {
    const auto waited = std::chrono::steady_clock::now() - moved_;
    if (waited <= std::chrono::milliseconds(route_.patience_ms)) {
        return {};
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited).count();
    return fail(Errc::timeout,
                request_.method + " " + request_.url + ": nothing came for " + std::to_string(seconds) + " seconds");
}

// One turn of curl's wheel, waiting a moment at most.
Status Exchange::turn() {
    if (cancel_.requested()) {
        return fail(Errc::cancelled, request_.method + " " + request_.url);
    }
    const bool had_head = head_ended_;
    int running = 0;
    curl_multi_perform(line_.get(), &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(line_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) {
            done_ = true;
            ending_ = result_of(message->data.result);  // told once all that came before was read
        }
    }
    if (buffer_.size() == taken_ && !head_ended_) {
        TRY(check_patience());
    }
    if (!done_ && buffer_.size() == taken_ && head_ended_ == had_head) {  // else somebody has something to do
        curl_multi_poll(line_.get(), nullptr, 0, slice_ms, nullptr);
    }
    return {};
}

Result<world::HttpResponse> Exchange::head() {
    moved_ = std::chrono::steady_clock::now();
    while (!head_ended_ && !done_) {
        TRY(turn());
    }
    if (!head_ended_) {
        TRY(Status(ending_));
    }
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    world::HttpResponse response;
    response.status = static_cast<int>(status);
    response.headers = received_;
    return response;
}

Result<std::size_t> Exchange::read(std::span<char> into) {
    moved_ = std::chrono::steady_clock::now();  // while nobody asked, nobody was kept waiting
    while (buffer_.size() == taken_ && !done_) {
        buffer_.clear();
        taken_ = 0;
        if (paused_) {
            paused_ = false;
            curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
        }
        TRY(turn());
        if (buffer_.empty()) {
            TRY(check_patience());
        }
    }
    if (buffer_.size() == taken_) {
        TRY(Status(ending_));
    }
    const std::size_t size = std::min(into.size(), buffer_.size() - taken_);
    std::memcpy(into.data(), buffer_.data() + taken_, size);
    taken_ += size;
    return size;
}

class CurlSender final : public HttpSender {
public:
    Result<world::HttpResponse> send(const world::HttpRequest& request, const HttpRoute& route, world::Source* upload,
                                     const world::Cancel& cancel) override {
        auto exchange = std::make_unique<Exchange>(pool_, request, route, upload, cancel);
        TRY(exchange->begin());
        world::HttpResponse response = TRY(exchange->head());
        response.body = std::make_unique<Body>(std::move(exchange));
        return response;
    }

private:
    std::shared_ptr<HttpPool> pool_ = std::make_shared<HttpPool>();
};

std::unique_ptr<HttpSender> make_sender() { return std::make_unique<CurlSender>(); }

}  // namespace
}  // namespace cutaway::host

extern "C" {
// A C name for C++ values: the module and the program are the same build.
extern const cutaway::host::MakeHttp cutaway_make_http;
const cutaway::host::MakeHttp cutaway_make_http = &cutaway::host::make_sender;
}
