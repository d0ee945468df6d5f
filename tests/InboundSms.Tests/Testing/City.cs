using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Directory;

namespace InboundSms.Tests.Testing;

/// <summary>More units, positions and people than the fixture has, told by events as Directory would.</summary>
public static class City
{
    private static int _last;

    extension(InboundSmsFixture fixture)
    {
        public async Task<Guid> UnitAsync(Guid? above = null, string? code = null)
        {
            var unit = Guid.CreateVersion7();
            code ??= $"U{Interlocked.Increment(ref _last)}";
            await fixture.Bus.PublishAsync(new UnitChanged { UnitId = unit, Code = code, Name = $"Unit {code}", ParentId = above, Version = 1 });
            await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from organisation.unit where id = '{unit}')"));
            return unit;
        }

        /// <summary>A position; with a keyword that names it unless null is given.</summary>
        public async Task<(Guid Id, string Keyword)> PositionAsync(Guid unit, string kind = "Staff", bool hasKeyword = true)
        {
            var (position, code) = (Guid.CreateVersion7(), $"KATA{Interlocked.Increment(ref _last)}");
            await fixture.Bus.PublishAsync(new PositionChanged
            {
                PositionId = position,
                UnitId = unit,
                Code = code,
                Title = $"Jabatan {code}",
                Kind = kind,
                Keyword = hasKeyword ? code : null,
                Version = 1,
            });
            await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from organisation.position where id = '{position}')"));
            return (position, code);
        }

        public async Task<Guid> OfficialAsync(Guid position)
        {
            var (official, assignment) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            await fixture.Bus.PublishAsync(new AssignmentChanged
            {
                AssignmentId = assignment,
                OfficialId = official,
                PositionId = position,
                From = fixture.Clock.GetUtcNow().AddDays(-1),
                Version = 1,
            });
            await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>($"select exists (select from organisation.assignment where id = '{assignment}')"));
            return official;
        }

        /// <summary>A unit of its own with a keyword and so many officials, each with a position; the first is its head, whose position has the keyword.</summary>
        public async Task<(Guid Unit, Guid Position, string Keyword, Guid[] Officials)> OfficeAsync(int officials = 1, Guid? above = null)
        {
            var unit = await fixture.UnitAsync(above);
            var head = await fixture.PositionAsync(unit, "HeadOfUnit");
            var people = new List<Guid> { await fixture.OfficialAsync(head.Id) };
            for (var n = 1; n < officials; n++)
                people.Add(await fixture.OfficialAsync((await fixture.PositionAsync(unit, hasKeyword: false)).Id));
            return (unit, head.Id, head.Keyword, [.. people]);
        }

        /// <summary>An answer of the API, as the caller reads it.</summary>
        public async Task<JsonElement> ReadAsync(Guid official, string path) => await fixture.Client(official).GetFromJsonAsync<JsonElement>($"/api/inbound-sms/{path}");

        public async Task<List<Guid>> IdsAsync(HttpClient client, string query = "") =>
            [.. (await client.GetFromJsonAsync<JsonElement>($"/api/inbound-sms/messages{query}")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid())];

        public Task<long> VersionAsync(Guid message) => fixture.Database.ScalarAsync<long>($"select version from sms_case where first_message_id = '{message}'");

        /// <summary>The history of the case of a message: kind and details.</summary>
        public async Task<string[]> HistoryAsync(Guid message) => (await fixture.Database.ScalarAsync<string>($"""
            select coalesce(string_agg(e.kind || coalesce(' ' || t.details::text, ''), E'\n' order by e.at, e.id), '') from case_event e join case_event_content t on t.event_id = e.id
            join sms_case c on c.id = e.case_id where c.first_message_id = '{message}'
            """)).Split('\n');
    }

    public static async Task<JsonElement> ShouldRefuseAsync(this HttpResponseMessage answer, System.Net.HttpStatusCode status, string code, string? field = null)
    {
        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync());
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (field is null)
        {
            problem.GetProperty("type").GetString().ShouldBe($"urn:platform:problem:{code}");
        }
        else
        {
            problem.GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field, StringCompareShould.IgnoreCase);
            if (problem.TryGetProperty("code", out var told))
                told.GetString().ShouldBe(code);
        }

        return problem;
    }
}
