using System.Net;
using Microsoft.Extensions.Options;
using Notification.Callbacks;
using Notification.Tests.Testing;

namespace Notification.Tests.Callbacks;

public sealed class CalledAddressTests
{
    private static CalledAddress With(params string[] networks) => new(Options.Create(new CallbackOptions { AllowedNetworks = networks }));

    [Theory]
    [InlineData("103.10.10.10", true)]
    [InlineData("2404:6800:4003::1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.20.30.40", false)]
    [InlineData("172.31.255.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", false)]
    public void NOT_4_only_public_addresses_are_called(string address, bool isAllowed) => With().IsAllowed(IPAddress.Parse(address)).ShouldBe(isAllowed);

    [Fact]
    public void NOT_4_the_citys_own_network_is_called_when_a_setting_says_so()
    {
        With("10.20.0.0/16").IsAllowed(IPAddress.Parse("10.20.1.1")).ShouldBeTrue();
        With("10.20.0.0/16").IsAllowed(IPAddress.Parse("::ffff:10.20.1.1")).ShouldBeTrue();
        With("10.20.0.0/16").IsAllowed(IPAddress.Parse("10.21.1.1")).ShouldBeFalse();
    }

    [Fact]
    public async Task NOT_4_a_name_that_leads_to_a_private_address_is_not_connected_to()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        var application = Guid.CreateVersion7();
        var url = receiver.UrlOf(application).Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        foreach (var (networks, isCalled) in new[] { (Array.Empty<string>(), false), (["127.0.0.0/8", "::1/128"], true) })
        {
            using var handler = new SocketsHttpHandler { ConnectCallback = With(networks).ConnectAsync };
            using var client = new HttpClient(handler);
            using var body = new StringContent("{}");
            var call = () => client.PostAsync(url, body);
            if (isCalled)
                (await call()).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            else
                (await call.ShouldThrowAsync<HttpRequestException>()).Message.ShouldContain("address-not-allowed");
            receiver.CallsOf(application).Count.ShouldBe(isCalled ? 1 : 0);
        }
    }
}
