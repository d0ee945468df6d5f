using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Directory.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults.AppendOnly;

namespace Directory.Tests.Auditing;

public sealed class AuditTrailTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    private const string Audit = "/api/directory/audit";

    [Fact]
    public async Task DIR_9_an_act_is_in_the_trail_with_who_what_before_after_why_and_from_where()
    {
        var position = await directory.PositionAsync(DirectoryFixture.Fresh("LAMA"));
        var keyword = DirectoryFixture.Fresh("BARU");
        await directory.Administrator.PutAsJsonAsync($"/api/directory/positions/{position.Id()}/keyword", new { version = 1, keyword, reason = "Nota dinas 7" });

        var trail = await directory.Administrator.GetFromJsonAsync<JsonElement>($"{Audit}?subjectId={position.Id()}");

        var entries = trail.GetProperty("items").EnumerateArray().ToList();
        entries.Select(entry => entry.String("act")).ShouldBe(["SetKeyword", "CreatePosition"]);
        var set = entries[0];
        set.String("actorLogin").ShouldBe(DirectoryFixture.AdminLogin);
        set.String("subjectKind").ShouldBe("Position");
        set.GetProperty("before").String("keyword").ShouldBe(position.String("keyword"));
        set.GetProperty("after").String("keyword").ShouldBe(keyword);
        set.String("reason").ShouldBe("Nota dinas 7");
        set.String("fromAddress").ShouldNotBeNullOrEmpty();
        set.GetProperty("at").GetDateTimeOffset().ShouldBe(directory.Clock.GetUtcNow());
    }

    [Fact]
    public async Task DIR_9_what_an_administrator_does_in_another_service_is_in_the_same_trail_once()
    {
        var (subject, own, id) = (Guid.CreateVersion7(), await directory.AccountNowAsync(DirectoryFixture.AdminLogin), Guid.CreateVersion7());
        var act = new WriteToAuditTrail
        {
            Act = "ReplayParkedMessage",
            Actor = own.Id().ToString(),
            FromAddress = "203.0.113.9",
            SubjectKind = "Message",
            SubjectId = subject,
            At = directory.Clock.GetUtcNow().AddMinutes(-3),
            Details = "inbound-sms-route-received-sms",
        };
        await directory.Bus.PublishAsync(act, id);
        await directory.Bus.PublishAsync(act, id);
        await directory.Bus.PublishAsync(act with { SubjectId = own.Id(), Act = "AfterBoth" });
        await Eventually.TrueAsync(() => directory.Database.ScalarAsync<bool>("select count(distinct act) = 2 from audit_entry where act in ('AfterBoth', 'ReplayParkedMessage')"));

        var entry = (await directory.ItemsAsync($"audit?subjectId={subject}")).ShouldHaveSingleItem();

        (entry.String("act"), entry.String("actorLogin"), entry.String("fromAddress")).ShouldBe(("ReplayParkedMessage", DirectoryFixture.AdminLogin, "203.0.113.9"));
        entry.GetProperty("after").String("details").ShouldBe("inbound-sms-route-received-sms");
        entry.GetProperty("after").GetProperty("at").GetDateTimeOffset().ShouldBe(act.At);
    }

    [Fact]
    public async Task DIR_9_a_refused_act_leaves_neither_entry_nor_event()
    {
        var unit = await directory.UnitAsync();
        await directory.Administrator.PatchAsJsonAsync($"/api/directory/units/{unit.Id()}", new { version = 9, name = "Lain" });
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where subject_id = '{unit.Id()}'")).ShouldBe(1);
        await directory.Administrator.PostAsJsonAsync("/api/directory/units", new { code = unit.String("code"), name = "Lain" });
        (await directory.Database.ScalarAsync<long>($"select count(*) from audit_content where after ->> 'code' = '{unit.String("code")}'")).ShouldBe(1);
    }

    [Fact]
    public async Task DIR_9_no_password_is_in_the_trail()
    {
        await directory.AccountAsync("kata sandi rahasia sekali", null, "Secretary");
        (await directory.Database.ScalarAsync<long>("select count(*) from audit_content where after::text like '%rahasia sekali%'")).ShouldBe(0);
    }

    [Fact]
    public async Task DIR_9_the_trail_is_read_page_by_page_newest_first()
    {
        foreach (var _ in Enumerable.Range(0, 60))
            await directory.UnitAsync();
        var ids = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await directory.Administrator.GetFromJsonAsync<JsonElement>(cursor is null ? Audit : $"{Audit}?cursor={cursor}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(entry => entry.Id()));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        ids.ShouldBeUnique();
        ids.Count.ShouldBeGreaterThan(60);
    }

    [Theory]
    [InlineData("update audit_entry set actor = 'nobody'")]
    [InlineData("delete from audit_entry")]
    [InlineData("truncate audit_entry cascade")]
    [InlineData("update audit_content set reason = 'lain'")]
    [InlineData("delete from audit_content")]
    [InlineData("truncate audit_content")]
    [InlineData("update seal set hash = hash")]
    [InlineData("delete from seal")]
    [InlineData("alter table audit_entry disable trigger all")]
    public async Task DIR_9_the_service_cannot_edit_the_trail(string sql)
    {
        await directory.UnitAsync();
        await using var runtime = NpgsqlDataSource.Create(directory.Database.Runtime);
        await using var command = runtime.CreateCommand(sql);
        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("update audit_entry set actor = 'nobody'")]
    [InlineData("delete from audit_entry")]
    [InlineData("update audit_content set reason = 'lain'")]
    public async Task DIR_9_the_owner_runs_into_the_trigger(string sql)
    {
        await directory.UnitAsync();
        (await Should.ThrowAsync<PostgresException>(() => directory.Database.ExecuteAsync(sql))).MessageText.ShouldContain("append-only");
    }
}

/// <summary>Apart from the others: the trail is tampered with.</summary>
public sealed class SealTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    [Fact]
    public async Task DIR_9_what_a_server_administrator_alters_is_found_and_what_the_law_erases_is_not_a_fault()
    {
        var units = new[] { await directory.UnitAsync(), await directory.UnitAsync(), await directory.UnitAsync() };
        await directory.OfficialAsync(DirectoryFixture.FreshNumber(), DirectoryFixture.Fresh("SGL"));
        await Eventually.TrueAsync(async () => await directory.Database.ScalarAsync<long>("select count(*) from unsealed") == 0);
        (await directory.RunVerbAsync("--verify-seals")).ShouldBe(0);
        (await VerifyAsync()).Links.ShouldBeGreaterThanOrEqualTo(5);
        var entry = await directory.Database.ScalarAsync<Guid>($"select id from audit_entry where subject_id = '{units[1].Id()}'");

        var link = await directory.Database.ScalarAsync<long>($"select seq from seal where entry_id = '{entry}'");

        await TamperAsync("audit_content", $"update audit_content set after = replace(after::text, 'Kesehatan', 'Korupsi')::json where entry_id = '{entry}'");
        (await VerifyAsync()).ShouldBe(new SealVerdict(link - 1, $"link {link}: audit-entry {entry} has been altered"));
        (await directory.RunVerbAsync("--verify-seals")).ShouldBe(1);
        await TamperAsync("audit_content", $"update audit_content set after = replace(after::text, 'Korupsi', 'Kesehatan')::json where entry_id = '{entry}'");
        (await VerifyAsync()).FirstFault.ShouldBeNull();

        var actor = await directory.Database.ScalarAsync<string>($"select actor from audit_entry where id = '{entry}'");
        await TamperAsync("audit_entry", $"update audit_entry set actor = 'system' where id = '{entry}'");
        (await VerifyAsync()).ShouldBe(new SealVerdict(link - 1, $"link {link}: audit-entry {entry} has been altered"));
        await TamperAsync("audit_entry", $"update audit_entry set actor = '{actor}' where id = '{entry}'");

        await directory.Database.ExecuteAsync($"delete from audit_content where entry_id = '{entry}'");
        (await VerifyAsync()).FirstFault.ShouldBeNull();
        var listed = await directory.Administrator.GetFromJsonAsync<JsonElement>($"/api/directory/audit?subjectId={units[1].Id()}");
        listed.GetProperty("items")[0].GetProperty("isErased").GetBoolean().ShouldBeTrue();

        await TamperAsync("audit_entry", $"delete from audit_entry where id = '{entry}'");
        (await VerifyAsync()).ShouldBe(new SealVerdict(link - 1, $"link {link}: audit-entry {entry} is gone"));
        await TamperAsync("seal", $"update seal set sealed_at = sealed_at + interval '1 second' where seq = {link + 1}");
        (await VerifyAsync()).FirstFault.ShouldBe($"link {link}: audit-entry {entry} is gone");
        var first = await directory.Database.ScalarAsync<string>("select kind || ' ' || entry_id from seal where seq = 1");
        await TamperAsync("seal", "update seal set sealed_at = sealed_at + interval '1 second' where seq = 1");
        (await VerifyAsync()).ShouldBe(new SealVerdict(0, $"link 1 ({first}) does not follow from the one before it"));
    }

    private Task<SealVerdict> VerifyAsync() => directory.Services.GetRequiredService<SealVerifier>().VerifyAsync(CancellationToken.None);

    private Task TamperAsync(string table, string sql) =>
        directory.Database.ExecuteAsync($"alter table {table} disable trigger user; {sql}; alter table {table} enable trigger user");
}
