#include "orderd/provider/codec.hpp"
#include "orderd/service/daemon.hpp"

namespace orderd::service {
namespace {

/// The path of a URL without a closing slash.
std::string path_of(const std::string& url)
{
    auto after_scheme = url.find("://") + 3;
    auto slash = url.find('/', after_scheme);
    auto path = slash == url.npos ? std::string() : url.substr(slash);
    while (path.ends_with('/')) path.pop_back();
    return path;
}

}

provider::api_options api_options_of(const configuration& c, const std::string& client_secret)
{
    provider::api_options o;
    o.connection.server = http::parse_server_address(c.api.base_url);
    o.connection.ca_file = c.api.ca_file;
    o.connection.request_timeout = c.api.request_timeout;
    o.connection.connect_timeout = c.api.connect_timeout;
    o.base_path = path_of(c.api.base_url);
    o.token_connection = o.connection;
    o.token_connection.server = http::parse_server_address(c.api.token_url);
    o.token_path = path_of(c.api.token_url);
    o.client_id = c.api.client_id;
    o.client_secret = client_secret;
    return o;
}

intake::judge_settings judge_settings_of(const configuration& c)
{
    intake::judge_settings s;
    s.customer_code = c.api.customer_code;
    s.severities = c.severities;
    s.calendar = c.calendar;
    return s;
}

intake::file_settings file_settings_of(const configuration& c)
{
    intake::file_settings s;
    if (c.csv.encoding == "utf-8") s.expected = encoding::utf8;
    if (c.csv.encoding == "cp932") s.expected = encoding::cp932;
    return s;
}

utc_time now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

}
