using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace ServiceDefaults.Webhooks;

/// <summary>
/// A door for providers answers with a status and an empty body, whatever happens: some providers send the body to the citizen as an SMS.
/// </summary>
public static partial class WebhookDoor
{
    /// <summary>Under this path no error page and no problem details are written.</summary>
    public const string Path = "/webhooks";

    /// <summary>Open to everybody, since the provider proves itself in its own way; faults become 413, 503 or 500 without a body.</summary>
    public static TBuilder IsWebhookDoor<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.RequirePermission(Permissions.Anybody).AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            try
            {
                return await next(context);
            }
            catch (BadHttpRequestException fault)
            {
                return TypedResults.StatusCode(fault.StatusCode);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                Failed(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WebhookDoor)), fault);
                if (!fault.IsInfrastructureFault())
                    return TypedResults.StatusCode(StatusCodes.Status500InternalServerError);
                http.Response.Headers.RetryAfter = 5.ToString(CultureInfo.InvariantCulture);
                return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
            }
        });

    [LoggerMessage(Level = LogLevel.Error, Message = "A webhook was not accepted")]
    private static partial void Failed(ILogger log, Exception fault);
}
