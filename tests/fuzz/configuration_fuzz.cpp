#include "expect.hpp"
#include "orderd/service/configuration.hpp"

#include <cstdint>

// A configuration file: read, or refused with a message, and nothing else.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    try {
        orderd::service::parse_configuration({reinterpret_cast<const char*>(data), size}, "orderd.toml");
    } catch (const orderd::service::configuration_error& e) {
        orderd::fuzz::expect(std::string_view(e.what()).find("orderd.toml") != std::string_view::npos,
                             "a message names the file");
    }
    return 0;
}
