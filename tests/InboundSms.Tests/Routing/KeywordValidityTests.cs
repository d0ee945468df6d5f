using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using Npgsql;

namespace InboundSms.Tests.Routing;

/// <summary>Words with their validity, as Directory tells them; by the instant of the receipt, whenever a message is routed.</summary>
public sealed class KeywordValidityTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private DateTimeOffset Now => fixture.Clock.GetUtcNow();

    [Theory]
    [InlineData("SEHAT antrean panjang", "+6281220000001")]
    [InlineData("dinks antrean panjang", "+6281220000002")]
    [InlineData("PUSKES antrean panjang", "+6281220000003")]
    public async Task SMS_2_an_alias_or_a_misspelling_reaches_the_position_under_its_primary_word(string text, string sender)
    {
        var position = await TellAsync(Word("PUSKES"), Word("SEHAT", KeywordKind.Alias), Word("DINKS", KeywordKind.Misspelling));

        var id = await fixture.SendAndRouteAsync(text, sender);

        (await fixture.Database.ScalarAsync<string>($"select position_id || ' ' || keyword from sms_case where first_message_id = '{id}'")).ShouldBe($"{position} PUSKES");
        fixture.Bus.Received<SendSms>().ShouldNotContain(sms => sms.To == sender);
    }

    [Fact]
    public async Task SMS_3_the_help_tells_primary_words_that_are_valid_and_no_others()
    {
        await TellAsync(Word("PASARX"), Word("PASARY", KeywordKind.Alias), Word("PASARZ", KeywordKind.Misspelling));
        await TellAsync(Word("PASARV", from: Now.AddDays(1)));
        await TellAsync(Word("PASARW", from: Now.AddDays(-9), to: Now.AddDays(-1)));

        await fixture.SendAndRouteAsync("PASAR kotor", "+6281220000004");

        var help = await fixture.Bus.GetAsync<SendSms>(sms => sms.To == "+6281220000004");
        help.Text.ShouldContain("PASARX");
        foreach (var untold in new[] { "PASARV", "PASARW", "PASARY", "PASARZ" })
            help.Text.ShouldNotContain(untold);
    }

    [Fact]
    public async Task DIR_6_a_word_changes_hands_at_its_instant_and_a_message_that_came_before_goes_to_whom_it_meant()
    {
        var midnight = Now.AddMinutes(2);
        var before = await TellAsync(Word("PINDAH", to: midnight));
        var after = await TellAsync(Word("PINDAH", from: midnight));
        var early = await fixture.SendAndRouteAsync("PINDAH sebelum tengah malam", "+6281220000005");
        // Received before, routed after: the event waits while the broker is away.
        fixture.BrokerLink.Cut();
        var providerId = Guid.CreateVersion7().ToString();
        (await fixture.SendSmsAsync("PINDAH terlambat diproses", "+6281220000006", providerId)).EnsureSuccessStatusCode();
        fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        fixture.BrokerLink.Mend();

        var late = await fixture.SendAndRouteAsync("PINDAH sesudah tengah malam", "+6281220000007");

        var waited = await fixture.Database.ScalarAsync<Guid>($"select id from message where provider_message_id = '{providerId}'");
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from case_message where message_id = '{waited}')"));
        (await PositionAsync(early)).ShouldBe(before);
        (await PositionAsync(waited)).ShouldBe(before);
        (await PositionAsync(late)).ShouldBe(after);
    }

    [Fact]
    public async Task DIR_4_a_word_that_was_taken_away_is_unknown_and_an_old_event_does_not_bring_it_back()
    {
        var position = await TellAsync(Word("HILANG"));
        await fixture.Bus.PublishAsync(Position(position, 3, []));
        await fixture.Bus.PublishAsync(Position(position, 2, [Word("HILANG"), Word("LENYAP", KeywordKind.Alias)]));
        await TellAsync(Word("PENANDA"));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select version = 3 from organisation.position where id = '{position}'"));

        var id = await fixture.SendAndRouteAsync("HILANG ke mana", "+6281220000008");

        (await fixture.Database.ScalarAsync<string>($"select status from sms_case where first_message_id = '{id}'")).ShouldBe("Unassigned");
    }

    [Fact]
    public async Task DIR_4_words_of_a_version_that_another_instance_stores_at_the_same_moment_do_not_stay()
    {
        var position = await TellAsync(Word("SERENTAK"));
        await using var other = new NpgsqlConnection(fixture.Database.Administrator);
        await other.OpenAsync();
        await using var storing = await other.BeginTransactionAsync();
        await using var second = new NpgsqlCommand($"""
            update organisation.position set version = 2 where id = '{position}';
            insert into organisation.position_keyword (position_id, word, kind, valid_from) values ('{position}', 'SESAAT', 'Alias', 'epoch')
            """, other);
        await second.ExecuteNonQueryAsync();

        await fixture.Bus.PublishAsync(Position(position, 3, []));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select exists (select from pg_locks where not granted and locktype = 'transactionid')"));
        await storing.CommitAsync();

        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select version = 3 from organisation.position where id = '{position}'"));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from organisation.position_keyword where position_id = '{position}'")).ShouldBe(0);
    }

    [Fact]
    public async Task DIR_1_an_acting_holder_reads_and_answers_for_the_post_during_his_time()
    {
        var (acting, id) = (Guid.CreateVersion7(), await fixture.SendAndRouteAsync("DPU lampu jalan mati", "+6281220000009"));
        await fixture.Bus.PublishAsync(new AssignmentChanged
        {
            AssignmentId = Guid.CreateVersion7(),
            OfficialId = acting,
            PositionId = fixture.Dpu,
            Kind = AssignmentKind.Plh,
            From = Now,
            To = Now.AddMinutes(3),
            Version = 1,
        });
        var inbox = fixture.Client(acting);
        await Eventually.TrueAsync(async () => (await inbox.GetAsync($"/api/inbound-sms/messages/{id}")).StatusCode == HttpStatusCode.OK);
        (await inbox.GetFromJsonAsync<JsonElement>("/api/inbound-sms/messages")).GetProperty("items").EnumerateArray().ShouldContain(item => item.GetProperty("id").GetGuid() == id);

        fixture.Clock.Advance(TimeSpan.FromMinutes(3));

        (await inbox.GetAsync($"/api/inbound-sms/messages/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static KeywordValidity Word(string word, KeywordKind kind = KeywordKind.Primary, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        new() { Word = word, Kind = kind, From = from ?? DateTimeOffset.UnixEpoch, To = to };

    private static PositionChanged Position(Guid id, long version, IReadOnlyList<KeywordValidity> words) =>
        new() { PositionId = id, UnitId = id, Code = id.ToString(), Title = "Kepala Dinas", Keywords = words, Version = version };

    /// <summary>A position with these words, known to the service.</summary>
    private async Task<Guid> TellAsync(params KeywordValidity[] words)
    {
        var id = Guid.CreateVersion7();
        await fixture.Bus.PublishAsync(Position(id, 1, words));
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from organisation.position where id = '{id}')"));
        return id;
    }

    private Task<Guid> PositionAsync(Guid messageId) => fixture.Database.ScalarAsync<Guid>($"select position_id from sms_case where first_message_id = '{messageId}'");
}
