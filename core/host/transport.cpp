// SPDX-License-Identifier: Apache-2.0
#include "core/host/transport.h"

#include <dlfcn.h>

#include "core/host/sealed_program.h"

namespace cutaway::host {

Result<HttpEntry> HttpModule::load() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (entry_.send != nullptr) {
        return entry_;
    }
    const std::string path = path_.empty() ? TRY(find_program("libcutaway-http.so", "CUTAWAY_HTTP")) : path_;
    void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* symbol = module == nullptr ? nullptr : ::dlsym(module, send_http_name);
    if (symbol == nullptr) {
        const char* why = ::dlerror();
        return fail(Errc::unsupported, "load the http module: " + std::string(why == nullptr ? path : why));
    }
    entry_.send = *static_cast<const SendHttp*>(symbol);
    return entry_;
}

Result<world::HttpResponse> HostTransport::send(const world::HttpRequest& request, world::Source* upload) {
    const HttpEntry entry = TRY(module_.load());
    return entry.send(request, TRY(route_to(request.url, tls_)), upload, cancel_);
}

}  // namespace cutaway::host
