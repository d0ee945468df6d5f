using System.Net;
using InboundSms.Tests.Testing;

namespace InboundSms.Tests.Receive;

public sealed class QuarantineTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_1_a_stranger_at_one_door_does_not_push_out_what_came_to_another()
    {
        await fixture.Database.ExecuteAsync($"""
            insert into quarantine (channel, reason, received_at, body) select 'twilio', 'signature', '{fixture.Clock.GetUtcNow():O}', 'keluhan' from generate_series(1, 3);
            insert into quarantine (channel, reason, received_at, body) select 'kannel', 'credentials', '{fixture.Clock.GetUtcNow():O}', 'asing' from generate_series(1, 1500);
            insert into quarantine (channel, reason, received_at, body, is_proved) select 'kannel', 'to', '{fixture.Clock.GetUtcNow():O}', 'dari penyedia', true from generate_series(1, 2);
            """);
        (await fixture.Client().PostAsync("/webhooks/sms/kannel?id=1", new StringContent("terbaru"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'twilio'")).ShouldBe(3);
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'kannel' and not is_proved")).ShouldBe(1000);
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'kannel' and is_proved")).ShouldBe(2, "what the provider proved stays");
        (await fixture.Client().GetStringAsync("/health/ready")).ShouldContain("channel kannel cannot be read");
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'kannel' and convert_from(body, 'UTF8') = 'terbaru'")).ShouldBe(1);
    }
}
