using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Broadcast.Tests.Testing;

internal static class Refusals
{
    public static async Task<JsonElement> ShouldBeOkAsync(this HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The answer is this problem, of this field if one is named.</summary>
    public static async Task<JsonElement> ShouldRefuseAsync(this HttpResponseMessage answer, HttpStatusCode status, string code, string? field = null)
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
