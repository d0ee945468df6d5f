using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Documents;

/// <summary>Section <c>Printing</c>.</summary>
public sealed record PrintingOptions
{
    /// <summary>LibreOffice; found by <c>PATH</c> unless a path is given.</summary>
    public string Program { get; init; } = "soffice";

    /// <summary>For one document; LibreOffice hangs on some.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>
/// Prints office documents as PDF by headless LibreOffice, one at a time: it takes 200 MB and one core. Each run has a profile folder of its own, so that a run that was
/// killed leaves nothing behind that stops the next.
/// </summary>
public sealed class PdfPrinter(IOptions<PrintingOptions> options) : IDisposable
{
    public const string ContentType = "application/pdf";

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>The PDF of an OpenDocument file.</summary>
    /// <param name="document">The file.</param>
    /// <param name="extension">Of the file, without a dot.</param>
    /// <param name="stop">Ends LibreOffice too.</param>
    /// <exception cref="PrintingException">LibreOffice is not there, failed, or took too long.</exception>
    public async Task<byte[]> PrintAsync(byte[] document, string extension, CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        var folder = Directory.CreateTempSubdirectory("print-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, $"document.{extension}"), document, stop);
            await RunAsync(folder, extension, stop);
            var printed = Path.Combine(folder, "document.pdf");
            return File.Exists(printed) ? await File.ReadAllBytesAsync(printed, stop) : throw new PrintingException("LibreOffice wrote no file.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task RunAsync(string folder, string extension, CancellationToken stop)
    {
        var start = new ProcessStartInfo(options.Value.Program)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                $"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", "--nolockcheck", "--convert-to", "pdf", "--outdir", folder, $"document.{extension}",
            },
        };
        // A service has no home folder of its own.
        start.Environment["HOME"] = folder;
        using var process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(options.Value.Limit);
        try
        {
            var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            await output;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new PrintingException($"LibreOffice took longer than {options.Value.Limit}.");
        }
        finally
        {
            // It starts a second process that does the work.
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        if (process.ExitCode != 0)
            throw new PrintingException($"LibreOffice ended with {process.ExitCode}.");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new PrintingException($"'{start.FileName}' cannot be started; the package libreoffice-calc-nogui has it.");
        }
    }
}

/// <summary>A document could not be printed; it can be tried again.</summary>
public sealed class PrintingException(string message) : Exception(message);

public static class Printing
{
    public static void AddPrinting(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<PrintingOptions>().BindConfiguration("Printing");
        builder.Services.AddSingleton<PdfPrinter>();
    }
}
