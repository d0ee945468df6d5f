using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace UnderFire.Tests;

/// <summary>Two officials who may answer the same messages, and now and then answer one at the same moment with different words.</summary>
public sealed class Officials(Person first, Person second, string keyword) : IDisposable
{
    private const string Messages = "/api/inbound-sms/messages";

    private readonly ConcurrentDictionary<Guid, string> _given = new();

    /// <summary>Text by id of all answers that were told to be given.</summary>
    public IReadOnlyDictionary<Guid, string> Given => _given;

    /// <summary>Answers what is open, a page at most, each case once. Every third is answered by both; every fifth request is repeated after it was heard.</summary>
    public async Task AnswerAsync(int most)
    {
        var page = await first.DoAsync(HttpMethod.Get, $"{Messages}?status=Open&keyword={keyword}");
        var open = page.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("canBeAnswered").GetBoolean())
            .DistinctBy(item => item.GetProperty("caseNumber").GetInt64()).Select(item => item.GetProperty("id").GetGuid()).Take(most).Index();
        await Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (message, _) =>
        {
            Person[] who = message.Index % 3 == 0 ? [first, second] : [message.Index % 2 == 0 ? first : second];
            var decisions = await Task.WhenAll(who.Index().Select(person =>
                AnswerAsync(person.Item, message.Item, $"Jawaban {person.Index + 1} atas {message.Item}", repeat: message.Index % 5 == 0)));
            decisions.ShouldAllBe(status => status == HttpStatusCode.Accepted || status == HttpStatusCode.Conflict);
            decisions.Count(status => status == HttpStatusCode.Accepted).ShouldBe(1, $"of {decisions.Length} answers to {message.Item}");
        });
    }

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    private async Task<HttpStatusCode> AnswerAsync(Person person, Guid message, string text, bool repeat)
    {
        var (key, path) = (Guid.CreateVersion7().ToString(), $"{Messages}/{message}/answers");
        using var decision = await person.AskAsync(HttpMethod.Post, path, new { text }, key);
        if (decision.StatusCode != HttpStatusCode.Accepted)
            return decision.StatusCode;
        var id = await IdAsync(decision);
        _given.TryAdd(id, text).ShouldBeTrue();
        if (repeat)
        {
            using var again = await person.AskAsync(HttpMethod.Post, path, new { text }, key);
            (await IdAsync(again)).ShouldBe(id);
        }

        return decision.StatusCode;
    }

    private static async Task<Guid> IdAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
}
