#pragma once
#include <cstdio>
#include <filesystem>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace orderd::tests {

/// A file with a key and the certificate that it signed itself, for one host; it goes when this does.
class certificate_file {
public:
    explicit certificate_file(const std::string& host)
        : path_((std::filesystem::temp_directory_path() / ("orderd-" + std::to_string(getpid()) + "-" + host + ".pem"))
                    .string())
    {
        std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
        std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
        X509_set_version(made.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
        X509_set_pubkey(made.get(), key.get());
        auto* name = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(host.c_str()), -1,
                                   -1, 0);
        X509_set_issuer_name(made.get(), name);
        auto hosts = "DNS:" + host;
        std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> names(
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, hosts.c_str()), X509_EXTENSION_free);
        X509_add_ext(made.get(), names.get(), -1);
        std::unique_ptr<FILE, decltype(&fclose)> out(fopen(path_.c_str(), "w"), fclose);
        bool written = out && X509_sign(made.get(), key.get(), EVP_sha256()) > 0 &&
                       PEM_write_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
                       PEM_write_X509(out.get(), made.get()) == 1;
        if (!written) throw std::runtime_error("no certificate for " + host);
    }
    ~certificate_file() { std::remove(path_.c_str()); }
    certificate_file(const certificate_file&) = delete;
    certificate_file& operator=(const certificate_file&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}
