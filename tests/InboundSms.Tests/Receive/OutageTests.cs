using System.Net;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Receive;

public sealed class OutageTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_1_while_the_broker_is_away_messages_are_accepted_and_they_are_routed_when_it_is_back()
    {
        fixture.BrokerLink.Cut();
        var ids = Enumerable.Range(0, 20).Select(n => $"broker-away-{n}").ToList();
        foreach (var id in ids)
            (await fixture.SendSmsAsync("DINKES selama broker mati", $"+62815000{id.Length:00}{ids.IndexOf(id):000}", id)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Client().GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        fixture.BrokerLink.Mend();
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>(
            "select count(*) = 20 from case_message c join message m on m.id = c.message_id where m.provider_message_id like 'broker-away-%'"), seconds: 60);
    }

    [Fact]
    public async Task SMS_1_where_the_broker_confirms_nothing_any_more_on_connections_that_stand_another_bus_takes_over()
    {
        // The bus that is to fall silent stands.
        await fixture.SendAndRouteAsync("DINKES sebelum broker diam", "+6281500000097");
        using var replaced = new Counting(fixture.Instances, "platform.bus.replaced");
        fixture.BrokerLink.Hush();
        try
        {
            (await fixture.SendSmsAsync("DINKES selama broker diam", "+6281500000098", "broker-silent")).StatusCode.ShouldBe(HttpStatusCode.OK);
            var id = await fixture.Database.ScalarAsync<Guid>("select id from message where provider_message_id = 'broker-silent'");

            await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select not exists (select from outbox where key = '{id}')"));
            replaced.Counted.ShouldBe(1);
        }
        finally
        {
            fixture.BrokerLink.Cut();
            fixture.BrokerLink.Mend();
        }

        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>(
            "select exists (select from case_message c join message m on m.id = c.message_id where m.provider_message_id = 'broker-silent')"));
    }

    [Fact]
    public async Task SMS_1_while_the_database_is_away_nothing_is_acknowledged_and_a_repeat_is_one_message()
    {
        fixture.DatabaseLink.Cut();
        var response = await fixture.SendSmsAsync("DINKES selama basis data mati", "+6281500000099", "database-away");
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        (await fixture.Client().GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await fixture.Client().GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);

        fixture.DatabaseLink.Mend();
        await Eventually.GetAsync(
            async () => (await fixture.SendSmsAsync("DINKES selama basis data mati", "+6281500000099", "database-away")).StatusCode, status => status == HttpStatusCode.OK);
        (await fixture.Database.ScalarAsync<long>("select count(*) from message where provider_message_id = 'database-away'")).ShouldBe(1);
    }
}
