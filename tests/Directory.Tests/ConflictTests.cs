using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Directory.Tests.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Directory.Tests;

/// <summary>Two administrators edit one record: the second gets 409 with the record as it is now, whether the handler or the save finds out.</summary>
public sealed class ConflictTests(DirectoryFixture directory) : IClassFixture<DirectoryFixture>
{
    /// <summary>What is edited: the id in the route, and the row that has the version.</summary>
    private sealed record Subject(Guid Id, long Version, string Table, string Where);

    private sealed record Edit(string Name, HttpMethod Method, string Path, object Change, Func<DirectoryFixture, Task<Subject>> Subject);

    // Of a change, positionCode and steps are filled in with what exists.
    private static readonly DateTimeOffset Later = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Edit[] Edits =
    [
        new("EditOrganisation", HttpMethod.Put, "organisation",
            new { name = "Kota", sealText = "Kota", letterhead = new[] { "Kota" }, address = "Jalan 1", city = "Bekasi" }, OrganisationAsync),
        new("EditUnit", HttpMethod.Patch, "units/{id}", new { name = "Lain" }, UnitAsync),
        new("CloseUnit", HttpMethod.Post, "units/{id}/close", new { }, UnitAsync),
        new("EditPosition", HttpMethod.Patch, "positions/{id}", new { title = "Lain" }, PositionAsync),
        new("ClosePosition", HttpMethod.Post, "positions/{id}/close", new { }, PositionAsync),
        new("SetKeyword", HttpMethod.Put, "positions/{id}/keyword", new { keyword = "BENTROK" }, PositionAsync),
        new("AddKeyword", HttpMethod.Post, "positions/{id}/keywords", new { word = "BENTROKAN", kind = "Alias" }, PositionAsync),
        new("EndKeyword", HttpMethod.Post, "keywords/{id}/end", new { }, KeywordAsync),
        new("MoveKeyword", HttpMethod.Post, "keywords/{id}/move", new { kind = "Primary", positionCode = "" }, KeywordAsync),
        new("EditOfficial", HttpMethod.Patch, "officials/{id}", new { name = "Lain" }, OfficialAsync),
        new("ChangeNoticePhone", HttpMethod.Put, "officials/{id}/notice-phone", new { number = "+6281299990000", reason = "Ganti nomor" }, OfficialAsync),
        new("DecideNoticePhone", HttpMethod.Post, "officials/{id}/notice-phone/decision", new { proposalId = "", isConfirmed = true, reason = "Nomor baru" }, ProposerAsync),
        new("CheckNoticePhone", HttpMethod.Post, "officials/{id}/notice-phone/check", new { reason = "Ditelepon" }, ReachableAsync),
        new("SetSenderId", HttpMethod.Put, "officials/{id}/sender-id", new { senderId = "BENTROK" }, OfficialAsync),
        new("ReleaseOfficial", HttpMethod.Post, "officials/{id}/release", new { at = Later, reason = "Pensiun" }, HolderAsync),
        new("EndAssignment", HttpMethod.Post, "assignments/{id}/end", new { to = Later }, AssignmentAsync),
        new("CorrectAssignment", HttpMethod.Post, "assignments/{id}/correction", new { from = Later, to = (DateTimeOffset?)null, reason = "Salah tanggal" }, AssignmentAsync),
        new("CorrectReorganisation", HttpMethod.Put, "reorganisations/{id}", new { name = "Lain", decree = "2/2026", effectiveAt = Later, steps = "" }, PlanAsync),
        new("CancelReorganisation", HttpMethod.Post, "reorganisations/{id}/cancel", new { }, PlanAsync),
        new("RetryReorganisation", HttpMethod.Post, "reorganisations/{id}/retry", new { }, FailedPlanAsync),
        new("EditAccount", HttpMethod.Patch, "accounts/{id}", new { enabled = false }, AccountAsync),
        new("SetPassword", HttpMethod.Put, "accounts/{id}/password", new { password = "kata sandi kedua" }, AccountAsync),
        new("UnlockAccount", HttpMethod.Post, "accounts/{id}/unlock", new { reason = "Salah ketik" }, LockedAccountAsync),
        new("ResetSecondFactor", HttpMethod.Post, "accounts/{id}/second-factor/reset", new { reason = "Telepon hilang" }, AccountAsync),
        new("EditApplication", HttpMethod.Patch, "applications/{id}", new { contactName = "Lain" }, ApplicationAsync),
        new("CreateApplicationKey", HttpMethod.Post, "applications/{id}/keys", new { }, ApplicationAsync),
    ];

    public static TheoryData<string> Names => [.. Edits.Select(edit => edit.Name)];

    // Closing a position locks it before it reads: nobody is quicker.
    public static TheoryData<string> Unlocked => [.. Edits.Select(edit => edit.Name).Where(name => name != "ClosePosition")];

    [Fact]
    public void DIR_9_every_edit_of_a_version_shows_the_current_state_and_is_in_this_table() =>
        directory.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<System.Reflection.MethodInfo>()?.GetParameters()
                .Any(parameter => parameter.ParameterType.Name == "Request" && parameter.ParameterType.GetProperty("Version") is not null) is true)
            .Select(endpoint => (endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName, Shows: endpoint.Metadata.GetMetadata<CurrentState.Shown>() is not null))
            .ShouldBe(Edits.Select(edit => (edit.Name, true)), ignoreOrder: true);

    [Fact]
    public void DIR_9_every_administrative_act_takes_a_reason() =>
        directory.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<Permission>() is { Anybody: false, AnyAccount: false } permission && !permission.Name.EndsWith(".read", StringComparison.Ordinal))
            .Select(endpoint => endpoint.Metadata.GetMetadata<System.Reflection.MethodInfo>()!)
            .Select(handler => handler.GetParameters().FirstOrDefault(parameter => parameter.ParameterType.Name == "Request"))
            .Where(request => request is not null && request.ParameterType.GetProperty("Reason") is null)
            .Select(request => request!.ParameterType.FullName).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task DIR_9_a_stale_version_is_refused_with_the_current_state(string name)
    {
        var edit = Edits.Single(edit => edit.Name == name);
        var subject = await edit.Subject(directory);
        await ShouldConflictAsync(await EditAsync(edit, subject, subject.Version + 7), subject, subject.Version);
    }

    [Theory]
    [MemberData(nameof(Unlocked))]
    public async Task DIR_9_an_edit_between_reading_and_saving_is_refused_with_the_current_state(string name)
    {
        var edit = Edits.Single(edit => edit.Name == name);
        var subject = await edit.Subject(directory);
        Task<long> ActsAsync() => directory.Database.ScalarAsync<long>($"select count(*) from audit_entry where act = '{name}'");
        var acts = await ActsAsync();
        directory.Other.BeforeSave = () => directory.Database.ExecuteAsync($"update {subject.Table} set version = version + 1 where {subject.Where}");
        await ShouldConflictAsync(await EditAsync(edit, subject, subject.Version), subject, subject.Version + 1);
        (await ActsAsync()).ShouldBe(acts);
    }

    [Theory]
    [InlineData("units", "unit")]
    [InlineData("positions", "position")]
    [InlineData("accounts", "account")]
    [InlineData("applications", "application")]
    [InlineData("officials", "official")]
    public async Task DIR_9_a_change_that_changes_nothing_is_no_version_no_event_and_no_entry(string list, string table)
    {
        var record = list switch
        {
            "units" => await directory.UnitAsync(),
            "positions" => await directory.PositionAsync(),
            "accounts" => await directory.AccountAsync(DirectoryFixture.AdminPassword, null, "Secretary"),
            "applications" => await directory.ApplicationAsync(),
            _ => await directory.OfficialAsync(),
        };
        var before = await StateAsync();

        var answer = await ChangeAsync(1, list == "officials" ? record.String("name") : null).DoneAsync();

        answer.Version().ShouldBe(1);
        (await StateAsync()).ShouldBe(before);
        await (await ChangeAsync(2, "Lain")).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");

        Task<HttpResponseMessage> ChangeAsync(long version, string? name) =>
            directory.Administrator.PatchAsJsonAsync($"/api/directory/{list}/{record.Id()}", new { version, name, reason = "Tanpa perubahan" });

        Task<string> StateAsync() => directory.Database.ScalarAsync<string>(
            $"select (select version from {table} where id = '{record.Id()}') || ' ' || (select count(*) from audit_entry where subject_id = '{record.Id()}')");
    }

    // A decree locks its posts before it reads: nobody is quicker.
    [Fact]
    public async Task DIR_9_a_transfer_of_several_is_refused_with_the_current_state_of_all()
    {
        var (first, second) = (await AssignmentAsync(directory), await AssignmentAsync(directory));
        await directory.Database.ExecuteAsync($"update assignment set version = version + 1 where {second.Where}");
        var code = (await directory.PositionAsync()).String("code");
        var other = (await directory.PositionAsync()).String("code");

        var answer = await directory.PostAsync("transfers", new
        {
            at = Later,
            transfers = new[] { new { assignmentId = first.Id, version = first.Version, positionCode = code }, new { assignmentId = second.Id, version = second.Version, positionCode = other } },
        });

        await answer.ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        (await answer.ReadAsync()).GetProperty("current").EnumerateArray().Select(item => (item.Id(), item.Version()))
            .ShouldBe([(first.Id, first.Version), (second.Id, second.Version + 1)], ignoreOrder: true);
    }

    private async Task<HttpResponseMessage> EditAsync(Edit edit, Subject subject, long version)
    {
        var body = JsonSerializer.SerializeToNode(edit.Change)!.AsObject();
        body["version"] = version;
        if (body["positionCode"] is not null)
            body["positionCode"] = (await directory.PositionAsync()).String("code");
        if (body["proposalId"] is not null)
            body["proposalId"] = subject.Id;
        if (body["steps"] is not null)
            body["steps"] = JsonSerializer.SerializeToNode(await StepsAsync(directory));
        using var request = new HttpRequestMessage(edit.Method, $"/api/directory/{edit.Path.Replace("{id}", subject.Id.ToString())}") { Content = JsonContent.Create(body) };
        return await directory.Administrator.SendAsync(request);
    }

    private static async Task ShouldConflictAsync(HttpResponseMessage answer, Subject subject, long version)
    {
        await answer.ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        var current = (await answer.ReadAsync()).GetProperty("current");
        if (subject.Id != Guid.Empty)
            current.Id().ShouldBe(subject.Id);
        current.GetProperty(current.TryGetProperty("version", out _) ? "version" : "positionVersion").GetInt64().ShouldBe(version);
    }

    private static Subject Of(string table, JsonElement record) => new(record.Id(), record.Version(), table, $"id = '{record.Id()}'");

    private static async Task<Subject> OrganisationAsync(DirectoryFixture directory) =>
        new(Guid.Empty, (await directory.GetAsync("organisation")).Version(), "organisation", "true");

    private static async Task<Subject> UnitAsync(DirectoryFixture directory) => Of("unit", await directory.UnitAsync());

    private static async Task<Subject> PositionAsync(DirectoryFixture directory) => Of("position", await directory.PositionAsync());

    private static async Task<Subject> KeywordAsync(DirectoryFixture directory)
    {
        var word = DirectoryFixture.Fresh("KATA");
        var position = await directory.PositionAsync(word);
        return Of("position", position) with { Id = (await directory.ItemsAsync($"keywords?word={word}")).Single().Id() };
    }

    private static async Task<Subject> OfficialAsync(DirectoryFixture directory) => Of("official", await directory.OfficialAsync());

    private static async Task<Subject> ReachableAsync(DirectoryFixture directory) => Of("official", await directory.OfficialAsync(DirectoryFixture.FreshNumber()));

    private static async Task<Subject> ProposerAsync(DirectoryFixture directory)
    {
        var official = await OfficialAsync(directory);
        await directory.Database.ExecuteAsync($"""
            insert into notice_phone_proposal (official_id, id, number, code_hash, code_expires_at, tries_left, proposed_at, proved_at)
            values ('{official.Id}', '{official.Id}', '{DirectoryFixture.FreshNumber()}', '', now(), 0, now(), '{DirectoryFixture.Query(directory.Clock.GetUtcNow())}')
            """);
        return official;
    }

    private static async Task<Subject> HolderAsync(DirectoryFixture directory)
    {
        var official = await directory.OfficialAsync();
        await directory.HolderAsync(official, await directory.PositionAsync());
        return Of("official", official);
    }

    private static async Task<Subject> AssignmentAsync(DirectoryFixture directory) =>
        Of("assignment", await directory.HolderAsync(await directory.OfficialAsync(), await directory.PositionAsync()));

    private static async Task<object[]> StepsAsync(DirectoryFixture directory) =>
        [new { act = "RenameUnit", unitCode = (await directory.UnitAsync()).String("code"), name = "Dinas Ganti Nama" }];

    private static async Task<Subject> PlanAsync(DirectoryFixture directory) => Of("reorganisation", await directory.PostAsync("reorganisations",
        new { name = "Penataan", decree = "1/2026", effectiveAt = Later, steps = await StepsAsync(directory) }).DoneAsync());

    private static async Task<Subject> FailedPlanAsync(DirectoryFixture directory)
    {
        var plan = await PlanAsync(directory);
        await directory.Database.ExecuteAsync($"update reorganisation set status = 'Failed', failure_code = 'unit-closed' where {plan.Where}");
        return plan;
    }

    private static async Task<Subject> AccountAsync(DirectoryFixture directory) =>
        Of("account", await directory.AccountAsync(DirectoryFixture.AdminPassword, null, "Secretary"));

    private static async Task<Subject> LockedAccountAsync(DirectoryFixture directory)
    {
        var account = await AccountAsync(directory);
        await directory.Database.ExecuteAsync($"update account set lockout_end = '2099-01-01Z' where {account.Where}");
        return account;
    }

    private static async Task<Subject> ApplicationAsync(DirectoryFixture directory) => Of("application", await directory.ApplicationAsync());
}
