#include "connection.hpp"

#include <cerrno>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace orderd::http {

bool connection::stale()
{
    char byte;
    auto got = ::recv(plain.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK) || unread();
}

bool connection::unheard(std::size_t size)
{
    int unacknowledged = 0;
    return ::ioctl(plain.native_handle(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged >= 0 &&
           static_cast<std::size_t>(unacknowledged) >= size;
}

}
