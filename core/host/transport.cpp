// SPDX-License-Identifier: Apache-2.0
#include "core/host/transport.h"

#include <dlfcn.h>

#include "core/host/sealed_program.h"

namespace cutaway::host {

Result<std::reference_wrapper<HttpSender>> HttpModule::load() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (sender_ != nullptr) {
        return std::ref(*sender_);
    }
    const std::string path = path_.empty() ? TRY(find_program("libcutaway-http.so", "CUTAWAY_HTTP")) : path_;
    void* module = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    void* symbol = module == nullptr ? nullptr : ::dlsym(module, make_http_name);
    if (symbol == nullptr) {
        const char* why = ::dlerror();
        return fail(Errc::unsupported, "load the http module: " + std::string(why == nullptr ? path : why));
    }
    sender_ = (*static_cast<const MakeHttp*>(symbol))();
    return std::ref(*sender_);
}

Result<world::HttpResponse> HostTransport::send(const world::HttpRequest& request, world::Source* upload) {
    HttpSender& sender = TRY(module_.load());
    return sender.send(request, TRY(route_to(request.url, ways_)), upload, cancel_);
}

}  // namespace cutaway::host
