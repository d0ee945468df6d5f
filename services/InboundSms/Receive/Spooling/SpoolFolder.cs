using System.Globalization;
using System.Runtime.InteropServices;

#pragma warning disable CA1416 // Modes of files are Unix': the platform runs on Linux alone.

namespace InboundSms.Receive.Spooling;

/// <summary>The files of the spool. Citizens' numbers and words stand in them, so nobody but the service's system user can read folder and files.</summary>
internal sealed partial class SpoolFolder(string path, TimeProvider clock)
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public bool IsThere => Directory.Exists(path);

    /// <summary>What waits to be drained, of any instance, oldest first.</summary>
    public IReadOnlyList<FileInfo> Files => Named("*.spool");

    /// <summary>What could not be read or stored, and waits for a person.</summary>
    public IReadOnlyList<FileInfo> SetAside => Named("*.unreadable");

    /// <summary>How much waits to be drained, and since when.</summary>
    public (long Bytes, DateTimeOffset? Since) Waiting =>
        Files is [var oldest, ..] files ? (files.Sum(file => file.Exists ? file.Length : 0), BegunAt(oldest)) : (0, null);

    /// <exception cref="IOException">The folder is not there and cannot be made.</exception>
    public void Prepare() => Directory.CreateDirectory(path, OwnerFile | UnixFileMode.UserExecute);

    /// <summary>A file of this instance's own, locked as long as it is open. Its name says when it was begun.</summary>
    public FileStream Create() => Write(Path.Combine(path, $"{Guid.CreateVersion7(clock.GetUtcNow()):n}.spool"), FileMode.CreateNew);

    /// <summary>Keeps bytes of a file for a person to look at. Again, after a crash, it writes the same.</summary>
    public void SetAsideOf(FileInfo file, IReadOnlyList<ReadOnlyMemory<byte>> bytes)
    {
        using var aside = Write(Path.ChangeExtension(file.FullName, ".unreadable"), FileMode.Create);
        RandomAccess.Write(aside.SafeFileHandle, bytes, 0);
        RandomAccess.FlushToDisk(aside.SafeFileHandle);
    }

    /// <summary>The file with its lock, or null: an instance that lives writes to it or drains it.</summary>
    public static FileStream? TryTake(FileInfo file)
    {
        try
        {
            return new(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Locked, or drained and deleted since it was listed.
            return null;
        }
    }

    private FileStream Write(string file, FileMode mode)
    {
        var stream = new FileStream(file, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, UnixCreateMode = OwnerFile });
        FlushNames();
        return stream;
    }

    /// <summary>Without it a power cut can take the name of a new file, and its flushed content with it.</summary>
    private void FlushNames()
    {
        var folder = Native.Open(path, flags: 0);
        var isFlushed = folder >= 0 && Native.Fsync(folder) == 0;
        if (folder >= 0)
            _ = Native.Close(folder);
        if (!isFlushed)
            throw new IOException("The folder of the spool cannot be flushed.");
    }

    private List<FileInfo> Named(string pattern) =>
        IsThere ? [.. new DirectoryInfo(path).EnumerateFiles(pattern).OrderBy(file => file.Name, StringComparer.Ordinal)] : [];

    /// <summary>The name is a UUID of version 7, whose first 48 bits are milliseconds.</summary>
    private static DateTimeOffset BegunAt(FileInfo file) =>
        long.TryParse(file.Name.AsSpan(0, Math.Min(12, file.Name.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, 253_402_300_799_999))
            : DateTimeOffset.UnixEpoch;

    /// <summary>.NET flushes files, but no folders.</summary>
    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial int Fsync(int descriptor);

        [LibraryImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial int Close(int descriptor);
    }
}
