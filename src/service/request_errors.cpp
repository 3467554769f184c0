#include "request_errors.hpp"
#include "orderd/core/text.hpp"

namespace orderd::service {

void request_errors::note(const std::string& asked, const std::string& why)
{
    auto section = asked.substr(0, asked.find('/', asked.find('/') + 1)); // "GET /order" of "GET /order/17"
    auto kind = section + " " + why.substr(0, 200);
    if (seen_.size() >= most_kinds && !seen_.contains(kind)) seen_.clear();
    auto& notice = seen_.try_emplace(kind, std::chrono::minutes(10)).first->second;
    if (auto times = notice.happened())
        log_.error("the status page could not answer a request: internal error",
                   {{"asked", printable(asked, 300)}, {"why", printable(why, 500)}, {"times", times}});
}

}
