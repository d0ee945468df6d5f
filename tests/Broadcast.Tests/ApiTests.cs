using Broadcast.Tests.Testing;

namespace Broadcast.Tests;

public sealed class ApiTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    [Fact]
    public Task The_API_is_the_one_that_is_checked_in() => ApiDocument.ShouldBeCheckedInAsync(fixture.Client(), "services/Broadcast");

    [Fact]
    public void PLT_4_every_endpoint_says_who_may_or_that_everybody_may() => EndpointRules.ShouldDenyByDefault(fixture.Services);
}
