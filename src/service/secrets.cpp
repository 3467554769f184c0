#include "orderd/core/text.hpp"
#include "orderd/service/configuration.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

// Secrets come from files, systemd credentials or the environment, never from the configuration itself.
namespace orderd::service {
namespace {

std::string first_line_of(const std::string& file, const std::string& what)
{
    errno = 0;
    std::ifstream in(file);
    std::string line;
    bool opened = in.is_open();
    if (!std::getline(in, line))
        throw configuration_error(what + " cannot be read from " + file + ": " +
                                  (opened && errno == 0 ? "the file is empty" : std::strerror(errno)));
    return trimmed(line);
}

}

std::string read_client_secret(const configuration& c)
{
    auto read = [](const std::string& file) { return first_line_of(file, "the client secret"); };
    if (!c.api.client_secret_file.empty()) return read(c.api.client_secret_file);
    if (auto* directory = std::getenv("CREDENTIALS_DIRECTORY"))
        if (auto file = std::string(directory) + "/client_secret"; std::ifstream(file)) return read(file);
    if (auto* secret = std::getenv("ORDERD_CLIENT_SECRET"); secret && *secret) return secret;
    throw configuration_error(
        c.file + ": there is no client secret; name its file with api.client_secret_file, load it as the systemd "
                 "credential client_secret, or set ORDERD_CLIENT_SECRET");
}

std::shared_ptr<const store::credential_box> read_credential_box(const configuration& c)
{
    auto file = c.database.credential_key_file;
    auto* directory = std::getenv("CREDENTIALS_DIRECTORY");
    bool named = !file.empty();
    if (!named && directory) file = std::string(directory) + "/credential_key";
    errno = 0;
    std::ifstream in(file);
    if (!in && !named) return nullptr;
    if (!in) throw configuration_error(file + ": cannot be read: " + std::strerror(errno));
    std::vector<std::string> keys;
    for (std::string line; std::getline(in, line);)
        if (auto key = trimmed(line); !key.empty()) keys.push_back(std::move(key));
    if (keys.empty() && !named) return nullptr;
    try {
        return std::make_shared<const store::credential_box>(keys);
    } catch (const std::invalid_argument& e) {
        throw configuration_error(file + ": " + e.what());
    }
}

std::string read_operator_password(const configuration& c)
{
    auto file = c.operations.operator_password_file;
    auto* directory = std::getenv("CREDENTIALS_DIRECTORY");
    if (file.empty() && directory && std::ifstream(std::string(directory) + "/operator_password"))
        file = std::string(directory) + "/operator_password";
    if (file.empty()) return {};
    std::string password;
    if (c.operations.operator_password_file.empty()) { // an empty credential is none: the unit always loads one
        std::ifstream in(file);
        std::getline(in, password);
        password = trimmed(password);
        if (password.empty()) return {};
    } else
        password = first_line_of(file, "the operator password");
    if (password.size() < 12)
        throw configuration_error("the operator password in " + file + " must have at least 12 characters");
    return password;
}

}
