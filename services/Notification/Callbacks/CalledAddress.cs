using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Notification.Callbacks;

/// <summary>
/// Which addresses are called at all. An application names the address and we call it from inside the city's network, so it must not lead to the metadata service, a
/// database or a neighbour. What is judged is the address that is connected to, after the name was resolved, and it is connected to without asking again.
/// </summary>
internal sealed class CalledAddress(IOptions<CallbackOptions> options)
{
    // IANA's special-purpose registries: not globally reachable, or a way to hide an address in another.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private readonly IPNetwork[] _allowed = [.. options.Value.AllowedNetworks.Select(network => IPNetwork.Parse(network))];

    /// <summary>https, a host, nothing that hides where it leads.</summary>
    public bool IsWritten(string written) => Uri.TryCreate(written, UriKind.Absolute, out var url) && url is { UserInfo.Length: 0, Fragment.Length: 0, Host.Length: > 0 }
        && (IPAddress.TryParse(url.IdnHost, out var address)
            ? IsAllowed(address) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && IPAddress.IsLoopback(address)))
            : url.Scheme == Uri.UriSchemeHttps);

    public bool IsAllowed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(_allowed, network => network.Contains(plain))
            || ((plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain)) && !Array.Exists(Special, network => network.Contains(plain)));
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, stop);
        // One address of ours among public ones is no accident.
        if (addresses.Length == 0 || !addresses.All(IsAllowed))
            throw new HttpRequestException(HttpRequestError.ConnectionError, "address-not-allowed");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
