using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Contracts.InboundSms;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Operations;

public sealed class ParkedMessagesTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const string Path = "/api/inbound-sms/parked-messages";
    private const string Queue = "inbound-sms-route-received-sms";

    [Fact]
    public async Task SMS_1_a_message_that_cannot_be_consumed_is_parked_seen_and_given_back_and_holds_nobody_up()
    {
        var (unknown, messageId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await fixture.Bus.PublishAsync(new SmsReceived { MessageId = unknown, ReceivedAt = fixture.Clock.GetUtcNow() }, messageId);
        await fixture.SendAndRouteAsync("DINKES yang lain jalan terus", "+6281250000001");

        using var admin = fixture.Client(roles: Roles.Administrator);
        var parked = await Eventually.GetAsync(
            async () => (await admin.GetFromJsonAsync<JsonElement>(Path)).GetProperty("items").EnumerateArray()
                .FirstOrDefault(item => item.GetProperty("messageId").GetGuid() == messageId),
            item => item.ValueKind == JsonValueKind.Object);
        parked.GetProperty("queue").GetString().ShouldBe(Queue);
        parked.GetProperty("fault").GetString()!.ShouldContain(nameof(InvalidOperationException));

        // The cause is mended: the message that was missing is there.
        await fixture.Database.ExecuteAsync($"""
            insert into message values ('{unknown}', 'kannel', '', 'mended', now(), null, decode(repeat('00', 32), 'hex'));
            insert into message_content values ('{unknown}', decode('00', 'hex'), '+6281250000002', 'Mobile', '+6281100000001', 'DINKES kembali', '')
            """);
        await using var trail = await fixture.StartBusAsync(typeof(WriteToAuditTrail));
        (await admin.PostAsync($"{Path}/{Queue}/{messageId}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var written = await trail.GetAsync<WriteToAuditTrail>(act => act.SubjectId == messageId);
        (written.Act, written.Details, Guid.TryParse(written.Actor, out _)).ShouldBe(("ReplayParkedMessage", Queue, true));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from case_message where message_id = '{unknown}')"));
        (await admin.PostAsync($"{Path}/{Queue}/{messageId}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await admin.PostAsync($"{Path}/somebody-elses-queue/{messageId}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        trail.Received<WriteToAuditTrail>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task PLT_4_only_the_Administrator_sees_parked_messages()
    {
        (await fixture.Client().GetAsync(Path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await fixture.Client(fixture.DinkesOfficial, 0, Roles.Official, Roles.Chair).GetAsync(Path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
