namespace Testing;

/// <summary>The OpenAPI document of a service is checked in, so that a change of the API is seen in review.</summary>
public static class ApiDocument
{
    /// <param name="service">Its client.</param>
    /// <param name="folder">Of the service, such as <c>services/InboundSms</c>.</param>
    public static async Task ShouldBeCheckedInAsync(HttpClient service, string folder) =>
        await Repository.ShouldHoldAsync($"{folder}/openapi.json", (await service.GetStringAsync("/openapi/v1.json")).ReplaceLineEndings("\n") + "\n");
}
