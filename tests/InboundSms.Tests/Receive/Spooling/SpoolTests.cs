using System.Net;
using System.Text.Json;
using InboundSms.Receive.Spooling;
using InboundSms.Tests.Testing;
using Npgsql;

#pragma warning disable CA1416 // As the spool itself.

namespace InboundSms.Tests.Receive.Spooling;

public sealed class SpoolTests(SpoolFixture fixture) : IClassFixture<SpoolFixture>
{
    [Fact]
    public async Task SMS_1_while_the_database_is_away_providers_hear_2xx_and_the_legal_clock_runs_since_then()
    {
        var received = fixture.Clock.GetUtcNow();
        fixture.DatabaseLink.Cut();
        try
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(n => fixture.SendSmsAsync("DINKES saat basis data mati", $"+62815111100{n:00}", $"away-{n % 20}")));
            answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
            fixture.Clock.Advance(TimeSpan.FromMinutes(10));
            var health = await fixture.Client().GetAsync("/health/ready");
            health.StatusCode.ShouldBe(HttpStatusCode.OK);
            var checks = JsonDocument.Parse(await health.Content.ReadAsStringAsync()).RootElement.GetProperty("checks");
            checks.GetProperty("spool").GetProperty("status").GetString().ShouldBe("Degraded");
            checks.GetProperty("database").GetProperty("status").GetString().ShouldBe("Degraded");
        }
        finally
        {
            fixture.DatabaseLink.Mend();
        }

        await fixture.DrainedAsync();
        (await fixture.StoredAsync("away-%")).ShouldBe(20);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"""
            select count(*) = 20 and bool_and(c.received_at = '{received:O}' and c.due_at = '{received.AddHours(3):O}')
            from sms_case c join message m on m.id = c.first_message_id where m.provider_message_id like 'away-%'
            """));
        (await fixture.SendSmsAsync("DINKES saat basis data mati", "+6281511110000", "away-0")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.StoredAsync("away-%")).ShouldBe(20);
    }

    [Fact]
    public async Task SMS_1_a_batch_with_a_message_that_cannot_be_read_is_taken_while_the_database_is_away()
    {
        const string Odd = """{"messageId":"batch-odd"}""";
        var results = Enumerable.Range(1, 3).Select(n => $$"""{"messageId":"batch-{{n}}","from":"628151119000{{n}}","to":"6281100000001","text":"DINKES kiriman {{n}}"}""").Append(Odd);
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"results":[{{string.Join(',', results)}}]}""");
        fixture.DatabaseLink.Cut();
        try
        {
            using var request = Providers.InfobipTests.Request(body);
            (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            fixture.DatabaseLink.Mend();
        }

        await fixture.DrainedAsync();
        (await fixture.StoredAsync("batch-%")).ShouldBe(3);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from quarantine where channel = 'infobip' and convert_from(body, 'UTF8') = '{Odd}'")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_a_database_that_does_not_answer_is_not_waited_for_and_both_ways_together_are_one_message()
    {
        await using var connection = new NpgsqlConnection(fixture.Database.Administrator);
        await connection.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var block = new NpgsqlCommand("lock table message in exclusive mode", connection);
            await block.ExecuteNonQueryAsync();
            (await fixture.SendSmsAsync("DINKES tertahan", "+6281511120001", "held-1")).StatusCode.ShouldBe(HttpStatusCode.OK);
            fixture.Files.ShouldNotBeEmpty();
        }

        await fixture.DrainedAsync();
        (await fixture.StoredAsync("held-%")).ShouldBe(1);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>(
            "select count(*) = 1 from case_message c join message m on m.id = c.message_id where m.provider_message_id = 'held-1'"));
    }

    [Fact]
    public async Task SMS_1_what_a_dead_instance_left_is_drained_and_again_after_a_death_before_the_file_was_deleted()
    {
        var records = Enumerable.Range(0, 5).Select(n => fixture.Record($"left-{n}", from: $"+62815111300{n:00}")).ToList();
        fixture.Leave(records);
        await fixture.DrainedAsync();
        (await fixture.StoredAsync("left-%")).ShouldBe(5);

        fixture.Leave(records);
        await fixture.DrainedAsync();
        (await fixture.StoredAsync("left-%")).ShouldBe(5);
        (await fixture.Database.ScalarAsync<long>(
            "select count(*) from message_content c join message m on m.id = c.message_id where m.provider_message_id like 'left-%' and c.text = 'DINKES dari spool'")).ShouldBe(5);
    }

    [Fact]
    public async Task SMS_1_a_service_that_starts_with_a_full_spool_drains_it()
    {
        fixture.DatabaseLink.Cut();
        (await fixture.SendSmsAsync("DINKES sebelum mati listrik", "+6281511140001", "restart-1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await fixture.StopAsync();
        fixture.Files.ShouldNotBeEmpty();
        fixture.DatabaseLink.Mend();
        await fixture.StartInstanceAsync();
        await fixture.DrainedAsync();
        (await fixture.StoredAsync("restart-1")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_a_torn_last_record_was_never_acknowledged_and_is_ignored()
    {
        fixture.Leave(fixture.Record("torn-1"), fixture.Record("torn-2")[..^1]);
        await fixture.DrainedAsync();
        (await fixture.StoredAsync("torn-1")).ShouldBe(1);
        (await fixture.StoredAsync("torn-2")).ShouldBe(0);
        fixture.SetAside.ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_1_what_cannot_be_read_or_stored_is_set_aside_for_a_person_and_holds_up_nothing()
    {
        var broken = fixture.Record("aside-broken");
        broken[^1] ^= 1;
        var name = Path.GetFileNameWithoutExtension(fixture.Leave(fixture.Record("aside-1"), broken, fixture.Record("aside-2", "teks dengan \0 di dalamnya"), SpoolRecord.Of("null"u8), "sisa"u8.ToArray(), fixture.Record("aside-3")));
        await fixture.DrainedAsync();
        (await fixture.StoredAsync("aside-_")).ShouldBe(3);
        (await fixture.StoredAsync("aside-%")).ShouldBe(3);
        var aside = fixture.SetAside.ShouldHaveSingleItem();
        Path.GetFileNameWithoutExtension(aside).ShouldBe(name);
        (await File.ReadAllBytesAsync(aside)).ShouldBe([.. broken, .. "null"u8, .. "sisa"u8]);
        (await (await fixture.Client().GetAsync("/health/ready")).Content.ReadAsStringAsync()).ShouldContain(Path.GetFileName(aside));
        File.Delete(aside);
    }

    [Fact]
    public async Task SMS_1_a_file_belongs_to_the_instance_that_lives_and_to_any_other_when_it_is_dead()
    {
        var path = fixture.Leave(fixture.Record("locked-1"));
        await using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            // Files are taken in order: when this one is gone, the locked one was met.
            var later = fixture.Leave(fixture.Record("locked-2"));
            await Eventually.TrueAsync(() => Task.FromResult(!File.Exists(later)));
            (await fixture.StoredAsync("locked-1")).ShouldBe(0);
        }

        await fixture.DrainedAsync();
        (await fixture.StoredAsync("locked-1")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_two_instances_spool_side_by_side_into_files_of_their_own()
    {
        var (first, second) = (fixture.Client(), await fixture.StartInstanceAsync());
        fixture.DatabaseLink.Cut();
        try
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => fixture.SendSmsAsync("DINKES dua", $"+62815111600{n:00}", $"two-{n / 2}", n % 2 == 0 ? first : second)));
            answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
            fixture.Files.Count.ShouldBe(2);
        }
        finally
        {
            fixture.DatabaseLink.Mend();
        }

        await fixture.DrainedAsync();
        (await fixture.StoredAsync("two-%")).ShouldBe(20);
    }

    [Fact]
    public async Task SMS_1_a_full_spool_asks_the_provider_to_repeat()
    {
        fixture.Limit = 1;
        var client = await fixture.StartInstanceAsync();
        fixture.Limit = 1024 * 1024;
        fixture.DatabaseLink.Cut();
        try
        {
            (await fixture.SendSmsAsync("DINKES terakhir", "+6281511170001", "full-1", client)).StatusCode.ShouldBe(HttpStatusCode.OK);
            var refused = await fixture.SendSmsAsync("DINKES penuh", "+6281511170002", "full-2", client);
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            (await refused.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        }
        finally
        {
            fixture.DatabaseLink.Mend();
        }

        await fixture.DrainedAsync();
        (await fixture.StoredAsync("full-%")).ShouldBe(1);
    }

    [Fact]
    public async Task SMS_1_nobody_else_can_read_the_spool()
    {
        fixture.DatabaseLink.Cut();
        try
        {
            (await fixture.SendSmsAsync("DINKES rahasia", "+6281511180001", "mode-1")).StatusCode.ShouldBe(HttpStatusCode.OK);
            File.GetUnixFileMode(fixture.Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.GetUnixFileMode(fixture.Files[0]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        finally
        {
            fixture.DatabaseLink.Mend();
        }

        await fixture.DrainedAsync();
    }

    [Fact]
    public async Task SMS_1_parts_that_waited_in_the_spool_are_joined_and_the_clock_runs_since_the_first()
    {
        var received = fixture.Clock.GetUtcNow();
        var second = fixture.Record("spooled-part-2", " dari spool", "+6281511200001", new("5", 2, 2));
        // Only then is it left: drained before that, it would have waited for two hours outside of the spool.
        fixture.Clock.Advance(TimeSpan.FromHours(2));
        fixture.Leave(second);
        await fixture.DrainedAsync();
        fixture.Leave(fixture.Record("spooled-part-1", "DINKES", "+6281511200001", new("5", 2, 1)));
        await fixture.DrainedAsync();
        (await fixture.Database.ScalarAsync<bool>($"""
            select count(*) = 1 and bool_and(c.text = 'DINKES dari spool' and m.received_at = '{received:O}')
            from message m join message_content c on c.message_id = m.id where c.sender = '+6281511200001'
            """)).ShouldBeTrue();
    }
}
