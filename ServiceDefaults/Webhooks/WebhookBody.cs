using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Webhooks;

/// <summary>The raw body of a webhook, bounded.</summary>
public static class WebhookBody
{
    public const int Largest = 64 * 1024;

    /// <summary>The bytes as received, or null when there are more than <see cref="Largest"/>.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken stop)
    {
        if (request.ContentLength > Largest)
            return null;
        using var body = new MemoryStream((int)(request.ContentLength ?? 1024));
        var buffer = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, stop)) > 0)
        {
            if (body.Length + read > Largest)
                return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
