using Shouldly;

namespace Testing;

/// <summary>
/// The OpenAPI document of a service is checked in, so that a change of the API is seen in review. <c>UPDATE_API_DOCUMENTS=1</c> writes it anew.
/// </summary>
public static class ApiDocument
{
    /// <param name="service">Its client.</param>
    /// <param name="folder">Of the service, such as <c>services/InboundSms</c>.</param>
    public static async Task ShouldBeCheckedInAsync(HttpClient service, string folder)
    {
        var path = Path.Combine(Repository.Root, folder, "openapi.json");
        var served = (await service.GetStringAsync("/openapi/v1.json")).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_API_DOCUMENTS") == "1")
            await File.WriteAllTextAsync(path, served);
        (await File.ReadAllTextAsync(path)).ShouldBe(served, $"The API of {folder} has changed. If that is meant: UPDATE_API_DOCUMENTS=1 deploy/test, and look at the difference.");
    }
}
