using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Notification.Privacy;
using Notification.Tests.Testing;
using Npgsql;
using ServiceDefaults;

namespace Notification.Tests.Privacy;

public sealed class PersonTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PLT_9_a_person_gets_the_SMS_that_were_sent_to_him()
    {
        var number = NotificationFixture.Number();
        await service.StateIsAsync(await service.SendAsync(number, channel: "sandbox", text: "Air sudah mengalir lagi."), "Delivered");
        await service.SendAsync(NotificationFixture.Number(), channel: "sandbox", text: "Milik orang lain");

        var sms = (await ExportAsync(number)).GetProperty("sms").EnumerateArray().Single();
        sms.GetProperty("text").GetString().ShouldBe("Air sudah mengalir lagi.");
        (sms.GetProperty("state").GetString(), sms.GetProperty("purpose").GetString()).ShouldBe(("Delivered", "Answer"));
        (await ExportAsync(NotificationFixture.Number())).GetProperty("sms").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task PLT_9_a_person_has_number_and_words_removed_and_counts_and_history_stay()
    {
        var number = NotificationFixture.Number();
        var (his, other) = (await service.SendAsync(number, channel: "sandbox"), await service.SendAsync(NotificationFixture.Number(), channel: "sandbox"));
        await service.StateIsAsync(his, "Delivered");
        await service.StateIsAsync(other, "Delivered");

        (await EraseAsync(number)).ShouldBe((0, "1 SMS erased"));
        (await EraseAsync(number)).ShouldBe((0, "0 SMS erased"));
        (await service.Database.ScalarAsync<Guid[]>($"select array_agg(sms_id) from sms_content where sms_id in ('{his}', '{other}')")).ShouldBe([other]);
        (await service.StateAsync(his)).ShouldBe("Delivered");
        (await service.HistoryAsync(his)).ShouldBe(3);
    }

    [Theory]
    [InlineData("Queued", null, false, false)]
    [InlineData("Intent", null, false, false)]
    [InlineData("Uncertain", null, false, false)]
    [InlineData("AcceptedByProvider", null, false, false)]
    [InlineData("AcceptedByOperator", null, false, false)]
    [InlineData("TemporarilyFailed", null, false, false)]
    [InlineData("AcceptedByOperator", null, true, true)]
    [InlineData("Uncertain", null, true, true)]
    // It was silent, and then the provider said that it never had it.
    [InlineData("Queued", null, true, false)]
    [InlineData("Delivered", "now()", false, true)]
    [InlineData("Failed", "now()", false, true)]
    [InlineData("Expired", "now()", false, true)]
    public async Task PLT_9_what_is_still_to_be_sent_or_has_an_open_outcome_is_not_removed_and_said_so(string state, string? endedAt, bool isSilent, bool isErased)
    {
        var number = NotificationFixture.Number();
        // Far from its time, so that neither engine nor sweeper moves it.
        var id = await service.HandedOverAsync("sandbox", state: state);
        await service.Database.ExecuteAsync($"""
            update sms set next_attempt_at = now() + interval '9 years', expires_at = now() + interval '9 years', intent_at = now() + interval '9 years', changed_at = now() + interval '9 years',
              final_at = {endedAt ?? "null"}, no_report_at = {(isSilent ? "now()" : "null")} where id = '{id}';
            insert into sms_content (sms_id, number, text) values ('{id}', '{number}', 'Masih berjalan')
            """);

        (await EraseAsync(number)).ShouldBe(isErased ? (0, "1 SMS erased") : (2, "0 SMS erased; not erased: 1 still to be sent or with an open outcome; do this again when it is known"));
        (await service.Database.ScalarAsync<bool>($"select exists (select from sms_content where sms_id = '{id}')")).ShouldBe(!isErased);
    }

    [Fact]
    public void PLT_9_both_are_verbs_of_the_program() =>
        new[] { "--export-person", "--erase-person" }.ShouldBeSubsetOf(service.Services.GetServices<Verb>().Select(verb => verb.Name));

    private async Task<JsonElement> ExportAsync(string number)
    {
        await using var owner = NpgsqlDataSource.Create(service.Database.Administrator);
        using var output = new StringWriter();
        (await PersonRequests.ExportAsync(new(owner, number, output, Stop))).ShouldBe(0);
        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    private async Task<(int Exit, string Said)> EraseAsync(string number)
    {
        await using var owner = NpgsqlDataSource.Create(service.Database.Administrator);
        using var output = new StringWriter();
        return (await PersonRequests.EraseAsync(new(owner, number, output, Stop)), output.ToString().TrimEnd());
    }
}
