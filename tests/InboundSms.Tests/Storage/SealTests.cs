using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Tests.Storage;

public sealed class SealTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_1_the_chain_verifies_while_it_grows()
    {
        var verifier = fixture.Services.GetRequiredService<SealVerifier>();
        var lengths = new HashSet<long>();
        await Eventually.TrueAsync(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                (await fixture.SendSmsAsync("DINKES rantai", "+6281270000001")).EnsureSuccessStatusCode();
                var verdict = await verifier.VerifyAsync(CancellationToken.None);
                verdict.FirstFault.ShouldBeNull();
                lengths.Add(verdict.Links);
            }

            return lengths.Count > 15;
        }, seconds: 60);
    }
}
