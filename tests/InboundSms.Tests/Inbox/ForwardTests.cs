using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using ServiceDefaults.SignIn;

namespace InboundSms.Tests.Inbox;

public sealed class ForwardTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    [Fact]
    public async Task SMS_4_a_forwarded_case_is_the_others_and_its_deadline_goes_on()
    {
        var (from, to) = (await fixture.OfficeAsync(officials: 2), await fixture.OfficeAsync());
        var message = await fixture.SendAndRouteAsync($"{from.Keyword} bukan urusan kami", "+6281250000001");
        var due = await fixture.Database.ScalarAsync<DateTime>($"select due_at from sms_case where first_message_id = '{message}'");
        (await fixture.Client(from.Officials[0]).PutAsJsonAsync($"/api/inbound-sms/messages/{message}/handler", new { officialId = from.Officials[1], version = 1 })).EnsureSuccessStatusCode();
        (await fixture.Client(from.Officials[1]).PutAsJsonAsync($"/api/inbound-sms/messages/{message}/draft", new { text = "Mohon maaf" })).EnsureSuccessStatusCode();
        (await ForwardAsync(from.Officials[0], message, new { keyword = to.Keyword, reason = "Kewenangan unit lain" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await fixture.IdsAsync(fixture.Client(to.Officials[0]))).ShouldBe([message]);
        (await fixture.IdsAsync(fixture.Client(from.Officials[0]))).ShouldBeEmpty();
        (await fixture.Client(from.Officials[0]).GetAsync($"/api/inbound-sms/messages/{message}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Database.ScalarAsync<DateTime>($"select due_at from sms_case where first_message_id = '{message}'")).ShouldBe(due);
        var there = await fixture.ReadAsync(to.Officials[0], $"messages/{message}");
        there.GetProperty("keyword").GetString().ShouldBe(to.Keyword);
        there.GetProperty("handler").ValueKind.ShouldBe(JsonValueKind.Null);
        (await fixture.Database.ScalarAsync<long>("select count(*) from answer_draft")).ShouldBe(0);
        (await fixture.HistoryAsync(message)).ShouldContain(happened => happened.StartsWith("Forwarded", StringComparison.Ordinal) && happened.Contains("Kewenangan unit lain", StringComparison.Ordinal));

        (await fixture.Client(to.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Kami kerjakan" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var given = (await fixture.ReadAsync(from.Officials[1], "messages/forwarded")).GetProperty("items").EnumerateArray().Single();
        given.GetProperty("reason").GetString().ShouldBe("Kewenangan unit lain");
        given.GetProperty("by").GetProperty("officialId").GetGuid().ShouldBe(from.Officials[0]);
        given.GetProperty("status").GetString().ShouldBe("Answered");
        given.GetRawText().ShouldNotContain("bukan urusan kami");
        (await fixture.ReadAsync(to.Officials[0], "messages/forwarded")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task SMS_4_a_case_goes_to_a_position_without_a_keyword_and_back_by_the_secretariat()
    {
        var (from, to) = (await fixture.OfficeAsync(), await fixture.OfficeAsync());
        var quiet = await fixture.PositionAsync(to.Unit, hasKeyword: false);
        var message = await fixture.SendAndRouteAsync($"{from.Keyword} ke jabatan tanpa kata", "+6281250000002");
        (await ForwardAsync(from.Officials[0], message, new { positionId = quiet.Id, reason = "Bidang teknis" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await fixture.ReadAsync(to.Officials[0], $"messages/{message}")).GetProperty("keyword").GetString().ShouldBe(quiet.Keyword);
        var back = await fixture.Client(roles: Roles.Secretary).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/forward",
            new { keyword = from.Keyword, reason = "Salah alamat", version = await fixture.VersionAsync(message) });
        back.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await fixture.IdsAsync(fixture.Client(from.Officials[0]))).ShouldBe([message]);
        (await fixture.IdsAsync(fixture.Client(to.Officials[0]))).ShouldBeEmpty();
    }

    [Fact]
    public async Task SMS_4_of_a_forward_and_an_answer_at_once_one_wins_and_the_other_is_told()
    {
        var (from, to) = (await fixture.OfficeAsync(officials: 2), await fixture.OfficeAsync());
        await fixture.StartInstanceAsync();
        for (var n = 0; n < 5; n++)
        {
            var message = await fixture.SendAndRouteAsync($"{from.Keyword} bersamaan {n}", $"+628125100000{n}");
            var forward = ForwardAsync(from.Officials[0], message, new { keyword = to.Keyword, reason = "Unit lain" });
            var answer = fixture.Client(from.Officials[1], instance: 1).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Baik" });
            var forwarded = (await forward).StatusCode == HttpStatusCode.NoContent;
            var answered = (await answer).StatusCode == HttpStatusCode.Accepted;
            (forwarded ^ answered).ShouldBeTrue();
            if (answered)
                (await (await forward).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("current").GetProperty("answeredBy").GetProperty("officialId").GetGuid().ShouldBe(from.Officials[1]);
            (await fixture.Database.ScalarAsync<bool>($"""
                select (status = 'Answered') = (position_id = '{from.Position}') and exists (select from answer a where a.case_id = c.id) = (status = 'Answered')
                from sms_case c where first_message_id = '{message}'
                """)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task SMS_4_an_answered_case_and_anothers_and_one_of_the_tray_are_not_forwarded()
    {
        var (from, to) = (await fixture.OfficeAsync(), await fixture.OfficeAsync());
        var message = await fixture.SendAndRouteAsync($"{from.Keyword} sudah dijawab", "+6281250000003");
        (await ForwardAsync(to.Officials[0], message, new { keyword = to.Keyword, reason = "Saya ambil" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(from.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Sudah" })).EnsureSuccessStatusCode();
        await (await ForwardAsync(from.Officials[0], message, new { keyword = to.Keyword, reason = "Terlambat" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "already-answered");
        var tray = await fixture.SendAndRouteAsync("ENTAHSIAPA di baki", "+6281250000004");
        (await fixture.Client(roles: Roles.Chair).PostAsJsonAsync($"/api/inbound-sms/messages/{tray}/forward", new { keyword = to.Keyword, reason = "Dari baki", version = 1 }))
            .StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task SMS_4_a_case_whose_answer_did_not_arrive_is_forwarded_and_the_other_answers_it()
    {
        var (from, to) = (await fixture.OfficeAsync(), await fixture.OfficeAsync());
        var message = await fixture.SendAndRouteAsync($"{from.Keyword} tidak sampai", "+6281250000013");
        (await fixture.Client(from.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Itu urusan unit lain" })).EnsureSuccessStatusCode();
        var answer = await fixture.Database.ScalarAsync<Guid>($"select a.id from answer a join sms_case c on c.id = a.case_id where c.first_message_id = '{message}'");
        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = answer, Status = DeliveryStatus.Failed, Version = 2, At = fixture.Clock.GetUtcNow() });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select status = 'AnswerFailed' from sms_case where first_message_id = '{message}'"));
        (await ForwardAsync(from.Officials[0], message, new { keyword = to.Keyword, reason = "Kewenangan unit lain" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await fixture.IdsAsync(fixture.Client(to.Officials[0]))).ShouldBe([message]);
        var there = await fixture.ReadAsync(to.Officials[0], $"messages/{message}");
        there.GetProperty("status").GetString().ShouldBe("AnswerFailed");
        there.GetProperty("answers").GetArrayLength().ShouldBe(1, "what was said to the citizen goes along");
        (await fixture.Client(to.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/answers", new { text = "Kami kerjakan" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await (await ForwardAsync(to.Officials[0], message, new { keyword = from.Keyword, reason = "Kembali" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "already-answered");
    }

    [Fact]
    public async Task SMS_4_a_wrong_forward_is_a_problem_that_names_the_field_and_changes_nothing()
    {
        var (from, to) = (await fixture.OfficeAsync(), await fixture.OfficeAsync());
        var closed = await fixture.PositionAsync(to.Unit, hasKeyword: false);
        await fixture.Bus.PublishAsync(new PositionChanged { PositionId = closed.Id, UnitId = to.Unit, Code = closed.Keyword, Title = "Tutup", ClosedAt = fixture.Clock.GetUtcNow().AddDays(-1), Version = 2 });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select closed_at is not null from organisation.position where id = '{closed.Id}'"));
        var message = await fixture.SendAndRouteAsync($"{from.Keyword} salah teruskan", "+6281250000005");
        foreach (var (request, code, field) in new (object, string, string)[]
        {
            (new { keyword = "TAKADA", reason = "Unit lain" }, "keyword-unknown", "keyword"),
            (new { reason = "Unit lain" }, "keyword-or-position", "keyword"),
            (new { keyword = to.Keyword, positionId = to.Position, reason = "Unit lain" }, "keyword-or-position", "keyword"),
            (new { positionId = Guid.CreateVersion7(), reason = "Unit lain" }, "position-unknown", "positionId"),
            (new { positionId = closed.Id, reason = "Unit lain" }, "position-unknown", "positionId"),
            (new { keyword = from.Keyword, reason = "Unit lain" }, "position-same", "keyword"),
            (new { keyword = to.Keyword, reason = "   " }, "empty", "reason"),
        })
        {
            await (await ForwardAsync(from.Officials[0], message, request)).ShouldRefuseAsync(HttpStatusCode.BadRequest, code, field);
        }

        await (await ForwardAsync(from.Officials[0], message, new { keyword = to.Keyword })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "invalid", "reason");
        await (await ForwardAsync(from.Officials[0], message, new { keyword = to.Keyword, reason = "Basi" }, version: 7)).ShouldRefuseAsync(HttpStatusCode.Conflict, "changed-meanwhile");
        (await fixture.IdsAsync(fixture.Client(from.Officials[0]))).ShouldContain(message);
        (await fixture.HistoryAsync(message)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task SMS_4_notes_are_read_by_the_unit_and_the_secretariat_and_go_with_the_case()
    {
        var (from, to) = (await fixture.OfficeAsync(officials: 2), await fixture.OfficeAsync());
        var message = await fixture.SendAndRouteAsync($"{from.Keyword} catatan", "+6281250000006");
        var path = $"/api/inbound-sms/messages/{message}/notes";
        (await fixture.Client(from.Officials[0]).PostAsJsonAsync(path, new { text = "Sudah ditelepon, tidak diangkat\n\u0000" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await fixture.Client(roles: Roles.Secretary).PostAsJsonAsync(path, new { text = "Tolong hari ini" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await fixture.Client(to.Officials[0]).PostAsJsonAsync(path, new { text = "Bukan saya" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.Client(to.Officials[0]).GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await fixture.Client(from.Officials[0]).PostAsJsonAsync(path, new { text = " " })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "empty", "text");

        var notes = (await fixture.ReadAsync(from.Officials[1], $"messages/{message}/notes")).GetProperty("items").EnumerateArray().ToList();
        notes.Select(note => note.GetProperty("text").GetString()).ShouldBe(["Tolong hari ini", "Sudah ditelepon, tidak diangkat\n\u0000"]);
        notes[1].GetProperty("by").GetProperty("officialId").GetGuid().ShouldBe(from.Officials[0]);
        notes[0].GetProperty("by").ValueKind.ShouldBe(JsonValueKind.Null);
        (await ForwardAsync(from.Officials[0], message, new { keyword = to.Keyword, reason = "Unit lain" })).EnsureSuccessStatusCode();
        (await fixture.ReadAsync(to.Officials[0], $"messages/{message}/notes")).GetProperty("items").GetArrayLength().ShouldBe(2);
        await Should.ThrowAsync<Exception>(() => fixture.Database.ExecuteAsync("update case_event_content set details = '{}'"));
    }

    [Fact]
    public async Task SMS_4_notes_come_page_by_page_each_once()
    {
        var office = await fixture.OfficeAsync();
        var message = await fixture.SendAndRouteAsync($"{office.Keyword} banyak catatan", "+6281250000007");
        for (var n = 0; n < 60; n++)
            (await fixture.Client(office.Officials[0]).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/notes", new { text = $"Catatan {n}" })).EnsureSuccessStatusCode();
        var first = await fixture.ReadAsync(office.Officials[0], $"messages/{message}/notes");
        var second = await fixture.ReadAsync(office.Officials[0], $"messages/{message}/notes?cursor={first.GetProperty("next").GetString()}");
        first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(note => note.GetProperty("text").GetString()).Distinct().Count().ShouldBe(60);
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private async Task<HttpResponseMessage> ForwardAsync(Guid who, Guid message, object request, long? version = null)
    {
        var body = JsonSerializer.SerializeToNode(request)!.AsObject();
        body["version"] = version ?? await fixture.VersionAsync(message);
        return await fixture.Client(who).PostAsJsonAsync($"/api/inbound-sms/messages/{message}/forward", body);
    }
}
